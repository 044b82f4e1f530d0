import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { answers, folder, start } from './rig.js'
import {
  fillDays,
  fillHours,
  fillLogs,
  fillMinutes,
  fillPeriods,
  fillTotals,
  fillWeeks,
  makeCells,
  makePartitions,
  people,
} from './usage-data.js'

const port = 9211
const origin = `http://127.0.0.1:${port}`
const password = 'a sentence that is long enough'
const samples = 25
const monthMs = 30 * 86_400_000

/**
 * How long every view of usage and logs takes with a year of rollups, at a tenth of the log rows and
 * at all of them: `millions` in the end.
 */
export async function watchUsage({ millions }) {
  const dataDir = join(folder, 'usage')
  start('0,1', process.execPath, ['build/server/cli.js', 'serve'], {
    ...{ APIGATE_PORT: String(port), APIGATE_DATA_DIR: dataDir, APIGATE_LOG_LEVEL: 'error' },
    APIGATE_PUBLIC_URL: origin,
  })
  await answers(`${origin}/readyz`)
  const visitors = await populate(dataDir)
  const host = encodeURIComponent(join(dataDir, 'postgres'))
  const client = new pg.Client(`postgresql://apigate@/apigate?host=${host}`)
  // The server ends it when something else has failed; that is what is to be told.
  client.on('error', () => {})
  await client.connect()
  const run = async (name, ...statements) => {
    const began = performance.now()
    for (const statement of statements) await client.query(statement)
    console.error(`${name}: ${Math.round((performance.now() - began) / 1000)} s`)
  }
  await run('cells', makeCells, makePartitions)
  await run(
    'a year of rollups',
    fillHours,
    fillDays,
    fillWeeks,
    fillMinutes,
    fillTotals,
    fillPeriods,
  )
  const few = await load(run, client, millions / 10, 0)
  const before = await measureAll(client, visitors)
  const all = await load(run, client, millions, few)
  const after = await measureAll(client, visitors)
  const { rows } = await client.query('select pg_database_size(current_database()) as bytes')
  await client.end()
  console.log(`\n${(rows[0].bytes / 1e9).toFixed(1)} GB with ${all.toLocaleString('en')} log rows`)
  console.log(
    `\n| | ${few / 1e6} M: p50, p95 ms | ${all / 1e6} M: p50, p95 ms | p50 |\n|---|---:|---:|---:|`,
  )
  for (const [name, [p50, p95]] of after) {
    const [was50, was95] = before.get(name)
    console.log(`| ${name} | ${was50}, ${was95} | ${p50}, ${p95} | ${(p50 / was50).toFixed(2)}× |`)
  }
}

/** Log rows up to so many millions, those that are there already between them. */
async function load(run, client, millions, there) {
  const wanted = millions * 1e6
  const rows = wanted - there
  const chunk = 250_000
  await run(`${millions} million log rows`, 'set synchronous_commit to off')
  for (let from = 0; from < rows; from += chunk)
    await client.query(fillLogs(from + 1, Math.min(rows, from + chunk), monthMs / (rows + 1)))
  await run('vacuum', 'vacuum (analyze) request_logs', 'vacuum (analyze)', 'checkpoint')
  return wanted
}

async function measureAll(client, visitors) {
  const found = new Map()
  for (const [name, { path, who }] of await listViews(client)) {
    const times = []
    for (let i = -3; i < samples; i++) {
      const accept = name.startsWith('page: ') ? 'text/html' : 'application/json'
      const took = await timeOf(path, visitors[who], accept)
      if (i >= 0) times.push(took)
    }
    times.sort((a, b) => a - b)
    const at = (share) => Math.round(times[Math.ceil(share * samples) - 1])
    found.set(name, [at(0.5), at(0.95)])
    console.error(name, ...found.get(name))
  }
  return found
}

/** Milliseconds until the last byte of an answer. Who is told to wait, waits. */
async function timeOf(path, cookie, accept) {
  for (;;) {
    const began = performance.now()
    const answer = await fetch(origin + path, { headers: { cookie, accept } })
    const text = await answer.text()
    if (answer.status === 200) return performance.now() - began
    if (answer.status !== 429) throw new Error(`${path}: ${answer.status} ${text.slice(0, 200)}`)
    await pause(Number(answer.headers.get('retry-after')) * 1000)
  }
}

/** Every view, with the address that asks the most of it. */
async function listViews(client) {
  const { rows } = await client.query(`
    select l.id, l.key_id from request_logs l
    where l.organization_id = (select id from organizations where name = 'busy')
    order by l.time limit 1 offset 1000`)
  const [{ id, key_id: key }] = rows
  const day = (ago) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)
  const year = `from=${day(360)}&interval=week`
  const month = `from=${day(30)}`
  const customer = Object.entries({
    'usage, 30 days': `/api/portal/usage?${month}`,
    'usage, 30 days of one key': `/api/portal/usage?${month}&key_id=${key}`,
    'usage, a year by week': `/api/portal/usage?${year}`,
    'usage, two days by hour': `/api/portal/usage?from=${day(1)}&interval=hour`,
    'usage stats': '/api/v1/customer/usage-stats',
    'stats of a key': `/api/portal/keys/${key}/stats`,
    'usage export, a day': `/api/portal/usage/export?from=${day(2)}&to=${day(1)}&format=csv`,
    overview: '/api/dev/overview',
    logs: '/api/portal/logs?limit=50',
    'logs, 429': '/api/portal/logs?status=429',
    'logs, of a key, POST': `/api/portal/logs?key_id=${key}&method=POST`,
    'logs, a path': '/api/portal/logs?path=/v1/items/4711',
    'logs, a search that finds nothing': '/api/portal/logs?q=nothing-like-it',
    'one request': `/api/portal/logs/${id}`,
    'page: overview': '/portal',
    'page: usage': '/portal/usage',
    'page: usage, a year': `/portal/usage?from=${day(360)}`,
    'page: logs': '/portal/logs',
    'page: logs, a search that finds nothing': '/portal/logs?q=nothing-like-it',
    'page: one request': `/portal/logs/${id}`,
  }).map(([name, path]) => [name, { path, who: 'busy' }])
  const operator = Object.entries({
    'usage of everybody, 30 days': `/admin/usage?${month}`,
    'usage of everybody, a year by week': `/admin/usage?${year}`,
    'logs of everybody': '/admin/logs',
    'customers by a filter': '/admin/analytics/users?filter=quota_percent%20%3E%3D%200&limit=100',
    'portal analytics': '/admin/analytics/portal',
    'page: admin home': '/admin',
    'page: admin usage': '/admin/usage',
    'page: admin customers': '/admin/usage/customers',
  }).map(([name, path]) => [name, { path, who: 'admin' }])
  return [...customer, ...operator]
}

/** Customers with keys, routes, and the session cookies of the busy one and of an operator. */
async function populate(dataDir) {
  const token = readFileSync(join(dataDir, 'admin-token'), 'utf8').trim()
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const post = async (path, body) => {
    const answer = await fetch(origin + path, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(await answer.text())
    return answer
  }
  await post('/admin/plans', { name: 'Bench', requests_per_month: 1_000_000, max_api_keys: 100 })
  await post('/admin/upstreams', { name: 'api', url: 'http://127.0.0.1:9' })
  for (let i = 1; i <= people.routes; i++)
    await post('/admin/routes', { name: `route-${i}`, path: `/v1/r${i}/*`, upstream: 'api' })
  const add = async (name, keys, role = 'customer') => {
    const email = `${name}@example.com`
    await post('/admin/users', { email, name, role, password })
    for (let i = 0; i < keys; i++) await post('/admin/keys', { user_id: email, name: `key ${i}` })
    return email
  }
  const signIn = async (email) => {
    const answer = await post('/api/portal/auth/login', { email, password })
    return answer.headers.get('set-cookie').split(';')[0]
  }
  const busy = await add('busy', people.busy.keys)
  const admin = await add('nora', 0, 'admin')
  for (let i = 1; i <= people.others; i++) await add(`customer-${i}`, people.keysOfOthers)
  await fetch(`${origin}/api/portal/profile`)
  const visitors = { busy: await signIn(busy), admin: await signIn(admin) }
  await inParis(visitors)
  return visitors
}

/** A zone off UTC, where days are made of hours. */
async function inParis(visitors) {
  for (const cookie of Object.values(visitors)) {
    const answer = await fetch(`${origin}/api/portal/profile`, {
      method: 'PATCH',
      headers: { cookie, origin, 'content-type': 'application/json' },
      body: JSON.stringify({ timezone: 'Europe/Paris' }),
    })
    if (!answer.ok) throw new Error(await answer.text())
  }
}
