import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { haproxyKeyed, nginxAuthRequest, nginxKeyed, nginxPlain } from './configs.js'
import {
  answers,
  folder,
  measure,
  median,
  start,
  startApigate,
  startNginx,
  startUpstream,
  upstream,
} from './rig.js'

const startNode = (name, ...args) =>
  start('0', process.execPath, [join('bench', 'peers', name), ...args])

/**
 * The gateway with everything on beside its peers: each round measures each of them once, so that
 * a noisy machine is noisy for all. What is measured has core 0, all else core 1.
 */
export async function comparePeers({ seconds, rounds }) {
  startUpstream('1')
  const apigate = await startApigate({ port: 9210 })
  const { key } = apigate
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
  for (const { url } of peers) measure(url, { key, seconds })
  for (let round = 0; round < rounds; round++) {
    for (const peer of peers) peer.runs.push(measure(peer.url, { key, seconds }))
  }
  const ours = peers.at(-1)
  console.log('\n| | requests/s | p50 ms | p99 ms | Apigate is |')
  console.log('|---|---:|---:|---:|---:|')
  for (const { name, runs } of peers) {
    const figure = (field) => median(runs.map((run) => run[field]))
    const ratio = median(runs.map((run, i) => ours.runs[i].rate / run.rate))
    const rate = Math.round(figure('rate')).toLocaleString('en')
    console.log(
      `| ${name} | ${rate} | ${figure('p50').toFixed(2)} | ${figure('p99').toFixed(2)} | ${ratio.toFixed(2)}× |`,
    )
  }
  const bare = peers.find(({ name }) => name.startsWith('bare'))
  return { apigate, bare: bare.url, full: median(ours.runs.map((run) => run.rate)) }
}

/**
 * What the gateway, and the bare proxy for comparison, add to the API's own latency: the same
 * connections, each waiting a millisecond after an answer, straight to it and through each of them.
 */
export function compareLatency({ apigate, bare, full, seconds, rounds }) {
  const { key } = apigate
  const connections = Math.max(4, Math.round(full / 2 / 500))
  // wrk leaves the wait out of the latency.
  const paced = { key, seconds, connections, script: 'function delay() return 1 end' }
  const runs = Array.from({ length: rounds }, () => ({
    direct: measure(`${upstream}/v1/things`, paced),
    bare: measure(bare, paced),
    apigate: measure(apigate.url, paced),
  }))
  const figure = (side, field) => median(runs.map((run) => run[side][field]))
  const added = (side, field) => (figure(side, field) - figure('direct', field)).toFixed(2)
  const pace = figure('apigate', 'rate')
  const share = ((pace / full) * 100).toFixed(0)
  console.log(
    `\nAt ${Math.round(pace).toLocaleString('en')} requests/s, ${share} % of its full load, Apigate adds ${added('apigate', 'p50')} ms at the median and ${added('apigate', 'p99')} ms at the 99th percentile; the bare proxy ${added('bare', 'p50')} and ${added('bare', 'p99')} ms.`,
  )
}

/** One gateway thread against two that have both cores, as does all the rest. */
export async function compareThreads({ seconds, rounds }) {
  const one = await startApigate({ name: 'one', port: 9211, threads: 1, gatewayCores: '0' })
  const two = await startApigate({ name: 'two', port: 9212, threads: 2, gatewayCores: '0,1' })
  const rateOf = ({ url, key }) => measure(url, { key, seconds, connections: 64 }).rate
  for (const server of [one, two]) rateOf(server)
  const runs = Array.from({ length: rounds }, () => ({ one: rateOf(one), two: rateOf(two) }))
  const rates = (side) => Math.round(median(runs.map((run) => run[side]))).toLocaleString('en')
  const ratio = median(runs.map((run) => run.two / run.one))
  console.log(
    `\nTwo gateway threads: ${rates('two')} requests/s, ${ratio.toFixed(2)}× of one with ${rates('one')}.`,
  )
}
