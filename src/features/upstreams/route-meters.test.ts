import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { anEvent, makeMeters, report } from '../../../test/events.ts'
import { makeCustomer } from '../../../test/make.ts'
import { aRecord, recordAll } from '../../../test/usage.ts'

let app: TestApp
let call: ReturnType<typeof openDoor>['call']
const token = 'the-admin-token-of-the-tests'
const admin = (method: string, path: string, body?: unknown) => call(method, path, { token, body })
const calls = { key: 'calls', name: 'Calls', kind: 'counter', unit: 'calls', source: 'requests' }
beforeAll(async () => {
  app = await createTestApp()
  call = openDoor(app).call
  await makeMeters(app)
  await admin('POST', '/admin/upstreams', { name: 'api', url: 'http://localhost:9999' })
  await admin('POST', '/admin/meters', calls)
})
afterAll(() => app[Symbol.asyncDispose]())

const makeRoute = (name: string, meters: string[]) =>
  admin('POST', '/admin/routes', { name, path: `/${name}`, upstream: 'api', meters })

test('a route names meters that requests feed, and no others', async () => {
  await admin('POST', '/admin/meters', { ...calls, key: 'archived' })
  await admin('PATCH', '/admin/meters/archived', { archived: true })
  const made = await makeRoute('fine', ['calls'])
  expect([made.status, made.body.meters]).toEqual([201, ['calls']])
  for (const [meters, reason] of [
    [['calls', 'unknown'], 'There is no meter unknown.'],
    [['data_transfer'], 'counts all requests by itself'],
    [['ml_predictions'], 'fed by events, not by routes'],
    [['archived'], 'is archived'],
    [['calls', 'calls'], 'Name each meter once'],
  ] as const) {
    for (const refused of [
      await makeRoute('refused', [...meters]),
      await admin('PATCH', '/admin/routes/fine', { meters }),
    ]) {
      expect([refused.status, refused.body.errors[0].path]).toEqual([422, 'meters'])
      expect(refused.body.errors[0].message).toContain(reason)
    }
  }
  expect((await admin('GET', '/admin/routes/fine')).body.meters).toEqual(['calls'])
})

test('a meter is neither archived nor deleted while a route feeds it, also at the same moment', async () => {
  await admin('POST', '/admin/meters', { ...calls, key: 'held' })
  await makeRoute('holder', ['held'])
  for (const refused of [
    await admin('PATCH', '/admin/meters/held', { archived: true }),
    await admin('DELETE', '/admin/meters/held'),
  ]) {
    expect(refused).toMatchObject({ status: 409, body: { code: 'meter_in_use' } })
    expect(refused.body.detail).toContain('The route holder feeds Calls')
  }
  for (let i = 0; i < 8; i++) {
    await admin('PATCH', '/admin/routes/holder', { meters: [] })
    const [ended, named] = await Promise.all([
      admin('PATCH', '/admin/meters/held', { archived: true }),
      admin('PATCH', '/admin/routes/holder', { meters: ['held'] }),
    ])
    expect([ended.status, named.status]).toBeOneOf([
      [200, 422],
      [409, 200],
    ])
    await admin('PATCH', '/admin/meters/held', { archived: false })
  }
  await admin('DELETE', '/admin/routes/holder')
  expect((await admin('DELETE', '/admin/meters/held')).status).toBe(204)
})

test('what feeds a meter is chosen once, and a gauge is set by events alone', async () => {
  const gauge = await admin('POST', '/admin/meters', { ...calls, key: 'level', kind: 'gauge' })
  expect([gauge.status, gauge.body.errors[0].path]).toEqual([422, 'source'])
  const bytes = { ...calls, key: 'sizes', source: 'bytes' }
  const inGb = await admin('POST', '/admin/meters', { ...bytes, unit: 'GB' })
  expect([inGb.status, inGb.body.errors[0].path]).toEqual([422, 'unit'])
  expect((await admin('POST', '/admin/meters', { ...bytes, unit: 'bytes' })).status).toBe(201)
  for (const change of [{ source: 'bytes' }, { kind: 'gauge' }]) {
    const refused = await admin('PATCH', '/admin/meters/calls', change)
    expect([refused.status, refused.body.errors[0].path]).toEqual([422, Object.keys(change)[0]])
    expect(refused.body.errors[0].message).toContain('chosen once')
  }
  const { key: _, ...same } = calls
  expect((await admin('PATCH', '/admin/meters/calls', same)).body).toMatchObject(calls)
})

test('a meter that requests feed takes no events and no corrections', async () => {
  const { userId: subject } = await makeCustomer(app)
  const event = anEvent({ subject, type: 'calls', value: 1 })
  const answer = await report(app, [event, { ...event, id: 'fix', corrects: event.id }])
  expect(answer.accepted).toBe(0)
  expect(answer.rejected.map(({ code }) => code)).toEqual([
    'gateway_fed_meter',
    'gateway_fed_meter',
  ])
})

test('what was interrupted or refused counts for no meter', async () => {
  const ada = await makeCustomer(app)
  const meters = ['calls']
  await recordAll(app, [
    aRecord(ada, Date.now(), { meters }),
    aRecord(ada, Date.now(), { meters, outcome: 'interrupted', status: 0 }),
    aRecord(ada, Date.now(), { meters, outcome: 'refused', status: 429 }),
    aRecord(ada, Date.now(), { meters: ['gone', 'ml_predictions'] }),
  ])
  const id = (await admin('GET', '/admin/meters/calls')).body.id
  const { rows } = await app.db.execute(
    `select unit, events, total::int from meter_rollups where meter_id = '${id}' order by unit`,
  )
  expect(rows).toEqual([
    { unit: 'day', events: 1, total: 1 },
    { unit: 'hour', events: 1, total: 1 },
  ])
  expect((await admin('DELETE', '/admin/routes/fine')).status).toBe(204)
  const counted = await admin('DELETE', '/admin/meters/calls')
  expect(counted.body.detail).toContain('has counted usage')
})
