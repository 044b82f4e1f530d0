import { expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { type Customer, makeCustomer, signInAs, system } from '../../../test/make.ts'
import { aRecord, recordAll } from '../../../test/usage.ts'
import { issueKey } from '../keys/issue-key.ts'
import { setSetting } from '../settings/settings.ts'
import { usageApi } from './api.ts'

const minuteMs = 60_000

async function openWithTraffic() {
  const app = await createTestApp()
  const ada = await makeCustomer(app, { plan: { requests_per_month: 1000 } })
  const time = Date.now() - minuteMs
  const records = [
    aRecord(ada, time, { path: '=cmd()', bytesOut: 7 }),
    aRecord(ada, time + 1, { status: 429, outcome: 'refused', errorCode: 'rate_limit_exceeded' }),
  ]
  await recordAll(app, records)
  return { app, ada, records, ...openDoor(app), token: await signInAs(app, ada) }
}

test('the three families tell the same numbers', async () => {
  const { app, call, token } = await openWithTraffic()
  await using _ = app
  const { body: portal } = await call('GET', '/api/portal/usage', { token })
  const { body: dev } = await call('GET', '/api/dev/usage', { token })
  const { body: overview } = await call('GET', '/api/dev/overview', { token })
  const { body: stats } = await call('GET', '/api/v1/customer/usage-stats', { token })
  expect(portal.totals).toEqual(dev.totals)
  expect(portal.totals).toMatchObject({ requests: 2, refused: 1, errors: 1 })
  expect(portal.quota).toMatchObject({ limit: 1000, used: 1, remaining: 999, percent: 0.1 })
  expect(overview.requests_this_month).toBe(1)
  expect(overview.recent.length).toBe(2)
  expect(stats.meters.api_requests).toEqual({
    ...{ used: 1, limit: 1000, percent: 0.1, unit: 'requests', kind: 'counter' },
  })
  expect(stats.period.start).toMatch(/-01T00:00:00\.000Z$/)
})

test('a log row has the fields of the contract, and the detail explains it', async () => {
  const { app, call, token, records } = await openWithTraffic()
  await using _ = app
  const { body } = await call('GET', '/api/dev/logs?status=4xx&limit=1', { token })
  expect(body.next_cursor).toBeNull()
  expect(body.data).toEqual([
    {
      ...{ id: records[1]!.id, time: new Date(records[1]!.time).toISOString(), method: 'GET' },
      ...{ path: '/v1/stations', route: '/v1/*', status: 429, outcome: 'refused' },
      ...{ error_code: 'rate_limit_exceeded', latency_ms: 10, bytes_in: 0, bytes_out: 100 },
      ...{ key_id: 'key_1', key_prefix: 'ak_live_abcd', environment: 'live', source: 'api' },
    },
  ])
  const { body: detail } = await call('GET', `/api/portal/logs/${records[1]!.id}`, { token })
  expect(detail.explanation.code).toBe('rate_limit_exceeded')
  expect(detail).toMatchObject({ client_ip: '203.0.113.9', upstream_ms: 9, limits: null })
})

test('nobody without a sign-in, and no customer in the operator’s place', async () => {
  const { app, call, token } = await openWithTraffic()
  await using _ = app
  const customer = ['/api/portal/usage', '/api/portal/usage/export', '/api/dev/overview']
  const paths = [...customer, '/api/v1/customer/usage-stats', '/api/dev/logs', '/admin/usage']
  for (const path of [...paths, '/api/portal/logs/export', '/admin/logs']) {
    expect((await call('GET', path)).status, path).toBe(401)
  }
  expect((await call('GET', '/admin/usage', { token })).status).toBe(403)
  expect((await call('GET', '/admin/logs', { token })).status).toBe(403)
  // A name that a script left empty is nobody's, and not everybody's.
  for (const path of ['usage', 'logs'])
    expect((await call('GET', `/admin/${path}?user_id=`, { token: app.adminToken })).status).toBe(
      404,
    )
  const { status, body } = await call('GET', '/admin/usage', { token: app.adminToken })
  expect([status, body.totals.requests]).toEqual([200, 2])
})

test('bad input is told by its name, and breaks nothing', async () => {
  const { app, call, token } = await openWithTraffic()
  await using _ = app
  const cursorOf = (keys: unknown[]) => Buffer.from(JSON.stringify(keys)).toString('base64url')
  const cursors = [cursorOf(['9e99', 'x']), cursorOf([-8.64e15, 'x']), cursorOf([1])]
  const bad = {
    from: [
      ...['/api/portal/usage?from=yesterday', '/api/portal/logs?from=2026-13-01'],
      ...['/api/portal/usage?from=0000-01-01&to=0000-02-01', '/api/portal/logs?from=0000-01-01'],
      '/api/portal/usage/export?from=1969-12-31T23:59:59Z&to=1970-01-02',
    ],
    to: [
      '/api/portal/usage?from=2026-01-02&to=2026-01-01',
      '/api/portal/usage?from=9998-12-31T23:00:00Z&to=9999-12-31T23:59:59-10:00&interval=hour',
    ],
    interval: ['/api/portal/usage?interval=year', '/api/dev/usage?from=2000-01-01&interval=hour'],
    status: ['/api/portal/logs?status=429%20or%201=1', '/api/portal/logs?status=9xx'],
    q: ['/api/portal/logs?q=%00'],
    cursor: [
      ...cursors.map((cursor) => `/api/portal/logs?cursor=${cursor}`),
      '/api/portal/logs?cursor=WzEsMl0x',
    ],
    format: ['/api/portal/logs/export?format=xml'],
    id: ['/api/portal/keys/%00/stats'],
  }
  for (const [name, urls] of Object.entries(bad)) {
    for (const url of urls) {
      const { status, body } = await call('GET', url, { token })
      expect([status, body.code, body.errors?.[0]?.path], url).toEqual([
        422,
        'validation_error',
        name,
      ])
    }
  }
  expect((await call('GET', '/api/portal/logs/%00', { token })).status).toBe(422)
  expect((await call('GET', '/api/portal/logs/req_1', { token })).status).toBe(404)
})

async function download(app: TestApp, ada: Customer, path: string) {
  const headers = { authorization: `Bearer ${await signInAs(app, ada)}` }
  const response = await openDoor(app).door.request(path, { headers })
  return { headers: response.headers, text: await response.text() }
}

test('exports are files, safe to open in a spreadsheet', async () => {
  const { app, ada, call, token, records } = await openWithTraffic()
  await using _ = app
  const key = await issueKey(app, ada, { name: '=HYPERLINK("x")' })
  await recordAll(app, [aRecord(ada, Date.now() - minuteMs, { keyId: key.id })])
  const logs = await download(app, ada, '/api/portal/logs/export?format=csv')
  expect(logs.headers.get('content-type')).toContain('text/csv')
  expect(logs.headers.get('content-disposition')).toMatch(
    /^attachment; filename="logs-[\d-]+\.csv"$/,
  )
  const lines = logs.text.trimEnd().split('\r\n')
  expect(lines.length).toBe(4)
  expect(lines[0]).toMatch(/^id,time,method,path,route,status,/)
  expect(lines.find((line) => line.startsWith(records[0]!.id))).toContain(",'=cmd(),")
  const usage = await download(app, ada, '/api/portal/usage/export')
  expect(usage.text).toContain(`${key.id},"'=HYPERLINK(""x"")",GET,`)
  const json = await call('GET', '/api/portal/usage/export?format=json&interval=month', { token })
  expect(json.body).toHaveLength(2)
  expect(json.body[0]).toMatchObject({ method: 'GET', forwarded: 1, p95_ms: expect.any(Number) })
  const none = await call('GET', '/api/dev/logs/export?format=json&path=/none', { token })
  expect(none.body).toEqual([])
  const eve = await signInAs(app, await makeCustomer(app))
  expect((await call('GET', '/api/dev/logs/export?format=json', { token: eve })).body).toEqual([])
})

test('what the operator hides is gone, and the document describes what is there', async () => {
  const { app, call, token } = await openWithTraffic()
  await using _ = app
  const info = { title: 'Usage', version: '0' }
  const { paths = {} } = usageApi.getOpenAPI31Document({ openapi: '3.1.0', info })
  expect(Object.keys(paths)).toHaveLength(9)
  await setSetting(app, system, 'portal_show_usage', false)
  for (const path of [
    'usage',
    'usage/export',
    'logs',
    'logs/req_1',
    'logs/export',
    'keys/k/stats',
  ]) {
    expect((await call('GET', `/api/portal/${path}`, { token })).status, path).toBe(404)
  }
})
