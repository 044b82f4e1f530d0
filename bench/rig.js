import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { upstreamConfig } from './configs.js'

/** Where everything of one run lives, and the processes to end with it. */
export const folder = mkdtempSync(join(tmpdir(), 'apigate-bench-'))
const running = []

/** The API behind all of them. */
export const upstream = 'http://127.0.0.1:9201'

export function start(cores, command, args, env = {}) {
  const child = spawn('taskset', ['-c', cores, command, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  running.push(child)
  return child
}

export function startNginx(cores, name, config) {
  const place = join(folder, name)
  mkdirSync(place)
  writeFileSync(join(place, 'nginx.conf'), config(place))
  start(cores, 'nginx', ['-c', join(place, 'nginx.conf'), '-p', place])
}

export const startUpstream = (cores) =>
  startNginx(cores, 'upstream', (place) => upstreamConfig({ folder: place, port: 9201 }))

/**
 * The real server, with a key, limits, a quota, metering, logs and its database. `gatewayCores` are
 * for its gateway threads; the main thread (pages, jobs, recording) and the database have core 1.
 */
export async function startApigate({ name = 'data', port, threads = 1, gatewayCores = '0' }) {
  const dataDir = join(folder, name)
  const origin = `http://127.0.0.1:${port}`
  const server = start('0,1', process.execPath, ['build/server/cli.js', 'serve'], {
    APIGATE_PORT: String(port),
    APIGATE_DATA_DIR: dataDir,
    APIGATE_LOG_LEVEL: 'error',
    APIGATE_WORKERS: String(threads),
  })
  await answers(`${origin}/readyz`)
  const token = readFileSync(join(dataDir, 'admin-token'), 'utf8').trim()
  const send = async (path, body) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const answer = await fetch(origin + path, {
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
  placeThreads(server.pid, dataDir, gatewayCores)
  return { url: `${origin}/v1/things`, key, pid: server.pid, dataDir }
}

function placeThreads(pid, dataDir, gatewayCores) {
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const name = readFileSync(`/proc/${pid}/task/${task}/comm`, 'utf8').trim()
    pin(name === 'WorkerThread' ? gatewayCores : '1', task)
  }
  for (const postgres of pgrep('-f', dataDir)) {
    if (Number(postgres) === pid) continue
    for (const process of [postgres, ...pgrep('-P', postgres)]) pin('1', process)
  }
}

function pgrep(...args) {
  const { stdout } = spawnSync('pgrep', args)
  return stdout.toString().split('\n').filter(Boolean)
}

function pin(cores, task) {
  try {
    execFileSync('taskset', ['-cp', cores, String(task)], { stdio: 'ignore' })
  } catch {
    // A thread that has ended by now.
  }
}

export async function answers(url) {
  for (let i = 0; i < 300; i++) {
    const isThere = await fetch(url).then(
      () => true,
      () => false,
    )
    if (isThere) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`${url} does not answer`)
}

/**
 * One measurement by wrk on core 1: requests a second, median and 99th percentile in ms. With
 * `script`, a Lua program for wrk, such as one that paces or that changes the key.
 */
export function measure(url, { key, seconds, connections = 32, script }) {
  const args = ['-c', '1', 'wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--latency']
  if (key) args.push('-H', `X-API-Key: ${key}`)
  if (script) {
    const file = join(folder, 'wrk.lua')
    writeFileSync(file, script)
    args.push('-s', file)
  }
  const text = execFileSync('taskset', [...args, url]).toString()
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

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

/** Ends what was started, and removes the folder. */
export async function clear() {
  for (const child of running) child.kill('SIGTERM')
  await new Promise((resolve) => setTimeout(resolve, 3000))
  rmSync(folder, { recursive: true, force: true })
}
