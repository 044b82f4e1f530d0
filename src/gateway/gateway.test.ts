import { expect, test, vi } from 'vitest'
import { aRoute, openGateway } from '../../test/gateway.ts'
import { createKey } from '../core/key-format.ts'
import type { Grant } from './contract.ts'

test('a request with a key reaches the upstream with who it is, and without the key', async () => {
  await using gateway = await openGateway()
  const key = gateway.addKey({ planRateLimit: 100, quota: 1000 })
  const answer = await fetch(`${gateway.url}/v1/things?q=1`, {
    headers: {
      'x-api-key': key,
      authorization: 'Basic mine',
      'x-user-id': 'usr_forged',
      X_Org_ID: 'org_forged',
      'x-user-meta-tier': 'forged',
      'x-real-ip': '203.0.113.9',
      'x-forwarded-prefix': '/forged',
      X_Forwarded_For: '203.0.113.9',
    },
  })
  expect(answer.status).toBe(200)
  expect(await answer.text()).toBe('hello')
  const { url, headers } = gateway.upstream.seen[0]!
  expect(url).toBe('/v1/things?q=1')
  expect(headers).toMatchObject({
    'x-user-id': 'usr_1',
    'x-org-id': 'org_1',
    'x-key-environment': 'live',
    authorization: 'Basic mine',
  })
  expect(headers).not.toHaveProperty('x-api-key')
  expect(headers).not.toHaveProperty('x_org_id')
  expect(headers).not.toHaveProperty('x-user-meta-tier')
  expect(JSON.stringify(headers)).not.toMatch(/203\.0\.113\.9|forged/)
  expect(headers['x-request-id']).toBe(answer.headers.get('x-request-id'))
  expect(headers['x-forwarded-for']).toBe('127.0.0.1')
  expect(JSON.stringify(gateway.upstream.seen)).not.toContain(key)

  const [row] = await gateway.recorded(1)
  expect(row).toMatchObject({
    id: answer.headers.get('x-request-id'),
    path: '/v1/things',
    status: 200,
    outcome: 'forwarded',
    bytesOut: 5,
    organizationId: 'org_1',
  })
})

test('a key that has used its own month is told so in the new fields, too', async () => {
  await using gateway = await openGateway()
  const key = gateway.addKey({ quota: 1000, keyMonthlyLimit: 1 })
  const call = () => fetch(gateway.url, { headers: { 'x-api-key': key } })
  await call()
  const refused = await call()
  expect([refused.status, (await refused.json()).code]).toEqual([429, 'quota_exceeded'])
  expect(refused.headers.get('ratelimit-policy')).toBe('"quota";q=1000, "key-quota";q=1')
  expect(refused.headers.get('ratelimit')).toMatch(/^"key-quota";r=0;t=\d+$/)
  expect(refused.headers.get('x-quota-limit')).toBe('1')
})

test('what no route takes is in the log of whoever’s key it carries, and of nobody without one', async () => {
  await using gateway = await openGateway({
    routes: [aRoute({ path: '/v1/things', methods: ['GET'], maxBodyBytes: 3 })],
  })
  const key = gateway.addKey({ quota: 10 })
  const headers = { 'x-api-key': key }
  const statusOf = async (path: string, init: RequestInit) =>
    (await fetch(gateway.url + path, init)).status
  expect(await statusOf('/v1/thing', {})).toBe(404)
  expect(await statusOf('/v1/thing', { headers: { 'x-api-key': createKey('ak', 'live') } })).toBe(
    404,
  )
  expect(await statusOf('/v1/thing', { headers })).toBe(404)
  expect(await statusOf('/v1/things', { headers, method: 'POST', body: 'a' })).toBe(405)
  expect(await statusOf('/v1/things', { headers })).toBe(200)
  const rows = await gateway.recorded(3)
  expect(rows.map(({ status, errorCode, outcome }) => [status, errorCode, outcome])).toEqual([
    [404, 'route_not_found', 'refused'],
    [405, 'method_not_allowed', 'refused'],
    [200, null, 'forwarded'],
  ])
  expect(rows[0]).toMatchObject({ path: '/v1/thing', routeId: null, decision: { rule: 'route' } })
})

test('limits are told on every answer, in the new fields and the old ones', async () => {
  await using gateway = await openGateway()
  const key = gateway.addKey({ planRateLimit: 1, planRateBurst: 1, quota: 1000 })
  const call = () => fetch(gateway.url, { headers: { authorization: `Bearer ${key}` } })
  const first = await call()
  expect(Object.fromEntries(first.headers)).toMatchObject({
    'x-ratelimit-limit': '2',
    'x-ratelimit-remaining': '1',
    'x-quota-limit': '1000',
    'x-quota-used': '1',
    'x-quota-remaining': '999',
    'x-quota-reset': String(Date.UTC(2100, 0, 1) / 1000),
    'ratelimit-policy': '"plan";q=2;w=60, "quota";q=1000',
  })
  expect(first.headers.get('ratelimit')).toMatch(/^"plan";r=1;t=60, "quota";r=999;t=\d+$/)
  await call()
  const refused = await call()
  expect(refused.status).toBe(429)
  expect(refused.headers.get('content-type')).toBe('application/problem+json')
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(57)
  expect(Number(refused.headers.get('x-ratelimit-reset'))).toBeGreaterThan(Date.now() / 1000 + 57)
  const problem = await refused.json()
  expect(problem).toMatchObject({
    status: 429,
    code: 'rate_limit_exceeded',
    instance: '/',
    request_id: refused.headers.get('x-request-id'),
  })
  expect(problem.type).toBe(
    `http://apigate.test/portal/help/errors/rate_limit_exceeded?request=${problem.request_id}`,
  )
  const rows = await gateway.recorded(3)
  expect(rows.map((row) => [row.outcome, row.decision?.rule ?? null])).toEqual([
    ['forwarded', null],
    ['forwarded', null],
    ['refused', 'plan_rate_limit'],
  ])
  expect(gateway.upstream.seen.length).toBe(2)
})

test('keys that are missing, mistyped, unknown, revoked or expired get their own code', async () => {
  await using gateway = await openGateway()
  const code = async (headers: Record<string, string>) => {
    const answer = await fetch(gateway.url, { headers })
    return [answer.status, (await answer.json()).code]
  }
  expect(await code({})).toEqual([401, 'missing_api_key'])
  const key = gateway.addKey()
  expect(await code({ 'x-api-key': `${key.slice(0, -1)}!` })).toEqual([401, 'invalid_api_key'])
  expect(gateway.state.finds).toBe(0)
  const unknown = createKey('ak', 'live')
  expect(await code({ 'x-api-key': unknown })).toEqual([401, 'invalid_api_key'])
  expect(await code({ 'x-api-key': unknown })).toEqual([401, 'invalid_api_key'])
  expect(gateway.state.finds).toBe(1)
  expect(await code({ 'x-api-key': gateway.addKey({ keyId: 'k2', revokedAt: 1 }) })).toEqual([
    401,
    'key_revoked',
  ])
  expect(await code({ 'x-api-key': gateway.addKey({ keyId: 'k3', expiresAt: 1 }) })).toEqual([
    401,
    'key_expired',
  ])
  expect(
    await code({ 'x-api-key': gateway.addKey({ keyId: 'k4', ownerStatus: 'suspended' }) }),
  ).toEqual([403, 'user_suspended'])
  expect(await code({ 'x-api-key': gateway.addKey({ keyId: 'k5', scopes: ['write'] }) })).toEqual([
    403,
    'insufficient_scope',
  ])
  const rows = await gateway.recorded(4)
  expect(rows.map((row) => row.errorCode)).toEqual([
    'key_revoked',
    'key_expired',
    'user_suspended',
    'insufficient_scope',
  ])
  gateway.state.isDatabaseAway = true
  expect(await code({ 'x-api-key': createKey('ak', 'live') })).toEqual([503, 'unavailable'])
})

test('paths without a route, methods without a route, and ambiguous paths are told apart', async () => {
  await using gateway = await openGateway({
    routes: [aRoute({ path: '/v1/things', methods: ['GET'] })],
  })
  const key = gateway.addKey()
  const ask = (path: string, method = 'GET') =>
    fetch(gateway.url + path, { method, headers: { 'x-api-key': key } })
  expect((await (await ask('/v2')).json()).code).toBe('route_not_found')
  const wrongMethod = await ask('/v1/things', 'DELETE')
  expect([wrongMethod.status, wrongMethod.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  expect((await ask('/v1/%2e%2e%2fsecret')).status).toBe(400)
  expect((await ask(`/v1/things?${'x'.repeat(9000)}`)).status).toBe(414)
})

test('a hard quota lets exactly its number through, under 64 clients on two threads', async () => {
  await using gateway = await openGateway({ threads: 2 })
  const key = gateway.addKey({ quota: 1000 })
  const statuses: number[] = []
  await Promise.all(
    Array.from({ length: 64 }, async () => {
      for (let i = 0; i < 20; i++) {
        const answer = await fetch(gateway.url, { headers: { 'x-api-key': key } })
        await answer.text()
        statuses.push(answer.status)
      }
    }),
  )
  expect(gateway.upstream.seen.length).toBe(1000)
  expect(statuses.filter((status) => status === 200).length).toBe(1000)
  expect(statuses.filter((status) => status === 429).length).toBe(280)
  const rows = await gateway.recorded(1280)
  expect(rows.filter((row) => row.outcome === 'forwarded').length).toBe(1000)
  expect(rows.filter((row) => row.errorCode === 'quota_exceeded').length).toBe(280)
  // The log finds a request by the time in its id.
  for (const row of rows) expect(timeOfId(row.id)).toBe(row.time)
})

test.each<[string, Partial<Grant>, { keyIds?: string[]; organizationIds?: string[] }, number]>([
  ['a revoked key', { revokedAt: 1 }, { keyIds: ['key_1'] }, 401],
  ['a suspended account', { ownerStatus: 'suspended' }, { organizationIds: ['org_1'] }, 403],
])(
  'once an invalidation has resolved, no request of %s reaches the upstream, under load on two threads',
  async (_, change, of, refusal) => {
    await using gateway = await openGateway({ threads: 2 })
    const key = gateway.addKey()
    let isRunning = true
    let last = 0
    const clients = Array.from({ length: 32 }, async () => {
      while (isRunning) {
        const answer = await fetch(gateway.url, { headers: { 'x-api-key': key } })
        await answer.text()
        last = answer.status
      }
    })
    await vi.waitFor(() => expect(gateway.upstream.seen.length).toBeGreaterThan(50), 10_000)
    gateway.change(key, change)
    await gateway.control.invalidate(of)
    // What was sent before stands in the sockets of this process: a few turns, and all of it is read.
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
    const reached = gateway.upstream.seen.length
    await new Promise((resolve) => setTimeout(resolve, 300))
    isRunning = false
    await Promise.all(clients)
    expect(gateway.upstream.seen.length).toBe(reached)
    expect(last).toBe(refusal)
  },
)

function timeOfId(id: string): number {
  return [...id.slice(4, 14)].reduce(
    (time, digit) => time * 32 + '0123456789abcdefghjkmnpqrstvwxyz'.indexOf(digit),
    0,
  )
}

test('a changed plan acts on the next request and keeps the count of the last minute', async () => {
  await using gateway = await openGateway()
  const key = gateway.addKey({ planRateLimit: 2 })
  const ask = async () => (await fetch(gateway.url, { headers: { 'x-api-key': key } })).status
  expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 429])
  gateway.change(key, { planRateLimit: 3 })
  await gateway.control.invalidate({ organizationIds: ['org_1'] })
  expect([await ask(), await ask()]).toEqual([200, 429])
})

test('a key made after it was asked for works at once', async () => {
  await using gateway = await openGateway()
  const key = gateway.addKey()
  const { digestOf } = await import('../core/key-format.ts')
  gateway.change(key, {})
  const other = createKey('ak', 'live')
  const ask = async (value: string) =>
    (await fetch(gateway.url, { headers: { 'x-api-key': value } })).status
  expect(await ask(other)).toBe(401)
  await gateway.control.invalidate({ digests: [digestOf(other)] })
  expect(await ask(other)).toBe(401)
  expect(gateway.state.finds).toBe(2)
})

test('routes change without a restart', async () => {
  await using gateway = await openGateway()
  const key = gateway.addKey()
  const ask = async () =>
    (await fetch(`${gateway.url}/x`, { headers: { 'x-api-key': key } })).status
  expect(await ask()).toBe(200)
  gateway.state.routes = [aRoute({ path: '/y' })]
  await gateway.control.reloadSnapshot()
  expect(await ask()).toBe(404)
})

test('a public route needs no key, lets the API’s own pass, and leaves no row; reserved paths never reach an upstream', async () => {
  await using gateway = await openGateway({ routes: [aRoute({ authRequired: false })] })
  expect((await fetch(`${gateway.url}/open`)).status).toBe(200)
  expect((await fetch(`${gateway.url}/portal/keys`)).status).toBe(404)
  expect((await fetch(`${gateway.url}/portals`)).status).toBe(200)
  for (const authorization of ['Bearer a.token.of-the-api', `Bearer ${gateway.addKey()}`])
    await fetch(`${gateway.url}/open`, { headers: { authorization } })
  expect(gateway.upstream.seen.slice(-2).map(({ headers }) => headers.authorization)).toEqual([
    'Bearer a.token.of-the-api',
    undefined,
  ])
  expect(await gateway.recorded()).toEqual([])
})

test('when a billing period ends, the next request counts in the new one', async () => {
  await using gateway = await openGateway()
  const key = gateway.addKey({ quota: 2 })
  gateway.state.periodEnd = Date.now() + 400
  const ask = async () => (await fetch(gateway.url, { headers: { 'x-api-key': key } })).status
  expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 429])
  await new Promise((resolve) => setTimeout(resolve, 450))
  gateway.state.periodEnd = Date.now() + 60_000
  expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 429])
})

test('no spelling of a path leads around the rules of its route', async () => {
  await using gateway = await openGateway({
    routes: [
      aRoute({ id: 'rte_all', path: '/*' }),
      aRoute({ id: 'rte_strict', path: '/v1/stations', scopes: ['stations:admin'] }),
    ],
  })
  const headers = { 'x-api-key': gateway.addKey({ scopes: ['read'] }) }
  for (const path of ['/v1/stations', '/v1/%73tations', '/v1//stations', '/%761/stat%69ons']) {
    expect((await fetch(gateway.url + path, { headers })).status).toBe(403)
  }
  expect((await fetch(`${gateway.url}/v1/a%2Fb%20c%7E`, { headers })).status).toBe(200)
  expect(gateway.upstream.seen.map(({ url }) => url)).toEqual(['/v1/a%2Fb%20c~'])
})

test('the portal’s cookies stay with the portal', async () => {
  await using gateway = await openGateway({
    handler: (_, response) => {
      response.writeHead(200, { 'set-cookie': ['a=1', 'apigate.session_token=forged; Path=/'] })
      response.end()
    },
  })
  const key = gateway.addKey()
  const cookie = 'theme=dark; apigate.session_token=secret; __Secure-apigate.x=1; apigate_csrf=1'
  const answer = await fetch(gateway.url, { headers: { 'x-api-key': key, cookie } })
  expect(answer.headers.getSetCookie()).toEqual(['a=1'])
  expect(gateway.upstream.seen[0]!.headers.cookie).toBe('theme=dark')
  await fetch(gateway.url, { headers: { 'x-api-key': key, cookie: 'apigate_csrf=1' } })
  expect(gateway.upstream.seen[1]!.headers.cookie).toBeUndefined()
})
