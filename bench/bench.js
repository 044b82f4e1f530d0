import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  haproxyKeyed,
  nginxAuthRequest,
  nginxKeyed,
  nginxPlain,
  upstreamConfig,
} from './configs.js'

/**
 * `npm run bench [seconds] [rounds]`: the gateway with everything on beside its peers, in one
 * interleaved run: each round measures each of them once, so that a noisy machine is noisy for all.
 * What is measured has core 0; the API behind it, the load and the database have the rest.
 */
const [, , secondsText = '4', roundsText = '3'] = process.argv
const seconds = Number(secondsText)
const rounds = Number(roundsText)
const folder = mkdtempSync(join(tmpdir(), 'apigate-bench-'))
const running = []
const upstream = 'http://127.0.0.1:9201'

function start(core, command, args, env = {}) {
  const child = spawn('taskset', ['-c', core, command, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  running.push(child)
  return child
}

function startNginx(core, name, config) {
  const place = join(folder, name)
  mkdirSync(place)
  writeFileSync(join(place, 'nginx.conf'), config(place))
  start(core, 'nginx', ['-c', join(place, 'nginx.conf'), '-p', place])
}

const startNode = (name, ...args) =>
  start('0', process.execPath, [join('bench', 'peers', name), ...args])

/** The real server, with a key, limits, a quota, metering, logs and its database. */
async function startApigate() {
  const env = {
    APIGATE_PORT: '9210',
    APIGATE_DATA_DIR: join(folder, 'data'),
    APIGATE_LOG_LEVEL: 'error',
    APIGATE_WORKERS: '1',
  }
  const server = start('0,1', process.execPath, ['build/server/cli.js', 'serve'], env)
  await answers('http://127.0.0.1:9210/readyz')
  const token = readFileSync(join(folder, 'data', 'admin-token'), 'utf8').trim()
  const send = async (path, body) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const answer = await fetch(`http://127.0.0.1:9210${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(await answer.text())
    return answer.json()
  }
  await send('/admin/plans', {
    name: 'Bench',
    rate_limit_per_minute: 5_000_000,
    requests_per_month: 1_000_000_000,
  })
  await send('/admin/upstreams', { name: 'api', url: upstream })
  await send('/admin/routes', { name: 'all', path: '/v1/*', upstream: 'api' })
  await send('/admin/users', { email: 'bench@example.com', metadata: { company: 'Bench' } })
  const { key } = await send('/admin/keys', { user_id: 'bench@example.com', name: 'bench' })
  placeThreads(server.pid)
  return key
}

/** The gateway's thread on core 0; the main thread (pages, jobs, recording) and the database on core 1. */
function placeThreads(pid) {
  const tasks = readdirSync(`/proc/${pid}/task`)
  for (const task of tasks) pin('1', task)
  const gateway = tasks.filter(
    (task) => readFileSync(`/proc/${pid}/task/${task}/comm`, 'utf8').trim() === 'WorkerThread',
  )
  for (const task of gateway) pin('0', task)
  const servers = execFileSync('pgrep', ['-f', join(folder, 'data')])
    .toString()
    .trim()
    .split('\n')
  for (const server of servers) if (Number(server) !== pid) pin('1', server)
}

function pin(core, task) {
  try {
    execFileSync('taskset', ['-cp', core, String(task)], { stdio: 'ignore' })
  } catch {
    // A thread that has ended by now.
  }
}

async function answers(url) {
  for (let i = 0; i < 300; i++) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`${url} does not answer`)
}

/** One measurement by wrk: requests a second, median and 99th percentile in ms. */
function measure(url, key) {
  const args = [
    '-c',
    '1',
    'wrk',
    '-t1',
    '-c32',
    `-d${seconds}s`,
    '--latency',
    '-H',
    `X-API-Key: ${key}`,
    url,
  ]
  const text = execFileSync('taskset', args).toString()
  const failed = /Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1]
  if (failed) throw new Error(`${url}: ${failed} failed answers`)
  const latency = (share) => {
    const [, value, unit] = new RegExp(`${share}%\\s+([\\d.]+)(us|ms|s)`).exec(text)
    return Number(value) * { us: 0.001, ms: 1, s: 1000 }[unit]
  }
  return {
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)[1]),
    p50: latency(50),
    p99: latency(99),
  }
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

try {
  startNginx('1', 'upstream', (place) => upstreamConfig({ folder: place, port: 9201 }))
  const key = await startApigate()
  startNginx('0', 'plain', (place) => nginxPlain({ folder: place, port: 9202, upstream }))
  startNginx('0', 'keyed', (place) => nginxKeyed({ folder: place, port: 9203, upstream, key }))
  startNode('key-check.js', '9209', key)
  startNginx('0', 'auth', (place) =>
    nginxAuthRequest({ folder: place, port: 9204, upstream, checkPort: 9209 }),
  )
  writeFileSync(join(folder, 'keys.map'), `${key} customer\n`)
  writeFileSync(join(folder, 'haproxy.cfg'), haproxyKeyed({ folder, port: 9205, upstream }))
  start('0', 'haproxy', ['-f', join(folder, 'haproxy.cfg')])
  startNode('bare.js', '9206', upstream)
  startNode('fast-gateway.js', '9207', upstream)
  startNode('fastify-http-proxy.js', '9208', upstream)
  const peers = [
    ['the API itself', 9201],
    ['nginx, plain proxy', 9202],
    ['nginx, key map and limit_req', 9203],
    ['nginx, auth_request', 9204],
    ['haproxy, key map and stick table', 9205],
    ['bare node:http and undici', 9206],
    ['fast-gateway', 9207],
    ['@fastify/http-proxy', 9208],
    ['Apigate, everything on', 9210],
  ].map(([name, port]) => ({ name, url: `http://127.0.0.1:${port}/v1/things`, runs: [] }))
  for (const { url } of peers) await answers(url)
  for (const { url } of peers) measure(url, key)
  for (let round = 0; round < rounds; round++) {
    for (const peer of peers) peer.runs.push(measure(peer.url, key))
  }
  report(peers)
} finally {
  for (const child of running) child.kill('SIGTERM')
  await new Promise((resolve) => setTimeout(resolve, 3000))
  rmSync(folder, { recursive: true, force: true })
}

function report(peers) {
  const ours = peers.at(-1)
  console.log(
    `\n${cpus().length} cores, ${cpus()[0].model}; ${rounds} rounds of ${seconds} s, 32 connections; medians\n`,
  )
  console.log('| | requests/s | p50 ms | p99 ms | Apigate is |')
  console.log('|---|---:|---:|---:|---:|')
  for (const { name, runs } of peers) {
    const figure = (field) => median(runs.map((run) => run[field]))
    const ratio = median(runs.map((run, i) => ours.runs[i].rate / run.rate))
    console.log(
      `| ${name} | ${Math.round(figure('rate')).toLocaleString('en')} | ${figure('p50').toFixed(2)} | ${figure('p99').toFixed(2)} | ${ratio.toFixed(2)}× |`,
    )
  }
}
