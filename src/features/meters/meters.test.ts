import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { anEvent } from '../../../test/events.ts'
import { makeCustomer, signInAs } from '../../../test/make.ts'
import { createPlan } from '../plans/plans.ts'

let app: TestApp
let door: ReturnType<typeof openDoor>
const token = 'the-admin-token-of-the-tests'
beforeAll(async () => {
  app = await createTestApp()
  door = openDoor(app)
})
afterAll(() => app[Symbol.asyncDispose]())

const admin = (method: string, path: string, body?: unknown) =>
  door.call(method, path, { token, body })
const storage = { key: 'storage', name: 'Storage', kind: 'gauge', unit: 'GB' }

/** Posts events as a program does. */
async function post(
  key: string | undefined,
  events: unknown,
  headers: Record<string, string> = {},
) {
  const response = await door.door.request('/api/v1/events', {
    method: 'POST',
    headers: {
      'content-type': 'application/cloudevents-batch+json',
      'x-forwarded-for': '198.51.100.9',
      ...(key && { authorization: `Bearer ${key}` }),
      ...headers,
    },
    body: JSON.stringify(events),
  })
  return { status: response.status, headers: response.headers, body: await response.json() }
}

test('a meter is made, renamed, archived and deleted; its key and kind stay', async () => {
  const { status, body } = await admin('POST', '/admin/meters', storage)
  expect([status, body]).toMatchObject([201, { ...storage, source: 'events', archived: false }])
  const taken = await admin('POST', '/admin/meters', storage)
  expect(taken).toMatchObject({ status: 409, body: { code: 'meter_key_taken' } })
  const renamed = await admin('PATCH', `/admin/meters/${body.id}`, { name: 'Disk', unit: 'GiB' })
  expect(renamed.body).toMatchObject({ key: 'storage', name: 'Disk', unit: 'GiB' })
  const changed = await admin('PATCH', '/admin/meters/storage', { kind: 'counter' })
  expect(changed).toMatchObject({ status: 422, body: { code: 'validation_error' } })
  const list = await admin('GET', '/admin/meters')
  expect(list.body.data.map(({ key, source }: Record<string, unknown>) => [key, source])).toEqual([
    ['api_requests', 'requests'],
    ['data_transfer', 'bytes'],
    ['storage', 'events'],
  ])
  expect((await admin('DELETE', '/admin/meters/storage')).status).toBe(204)
  expect((await admin('GET', '/admin/meters/storage')).status).toBe(404)
})

test('a meter that counted or that a plan limits is not deleted but archived, and takes no events then', async () => {
  const ada = await makeCustomer(app)
  await admin('POST', '/admin/meters', { ...storage, key: 'kept' })
  await admin('POST', '/admin/meters', { ...storage, key: 'limited' })
  await createPlan(app, { type: 'system' }, { name: 'Limits', limits: { limited: 5 } })
  const event = anEvent({ subject: ada.userId, type: 'kept', value: 3 })
  expect((await post(token, [event])).body.accepted).toBe(1)
  for (const key of ['kept', 'limited']) {
    const refused = await admin('DELETE', `/admin/meters/${key}`)
    expect(refused).toMatchObject({ status: 409, body: { code: 'meter_in_use' } })
  }
  const archived = await admin('PATCH', '/admin/meters/kept', { archived: true })
  expect(archived.body).toMatchObject({ archived: true })
  const late = anEvent({ subject: ada.userId, type: 'kept', value: 4 })
  expect((await post(token, [late])).body.rejected[0].code).toBe('meter_archived')
  await admin('PATCH', '/admin/meters/kept', { archived: false })
  expect((await post(token, [late])).body.accepted).toBe(1)
})

test('the gateway’s own meters are there, and stay as they are', async () => {
  expect((await admin('GET', '/admin/meters/api_requests')).body.source).toBe('requests')
  for (const [method, body] of [
    ['PATCH', { name: 'x' }],
    ['DELETE', undefined],
  ] as const) {
    const refused = await admin(method, '/admin/meters/data_transfer', body)
    expect(refused).toMatchObject({ status: 409, body: { code: 'built_in_meter' } })
  }
  const taken = await admin('POST', '/admin/meters', { ...storage, key: 'api_requests' })
  expect(taken.body.code).toBe('meter_key_taken')
})

test('bad meters are refused by the name of the field', async () => {
  for (const [field, value] of [
    ['key', 'With Space'],
    ['key', 'new'],
    ['key', ''],
    ['name', ' '],
    ['kind', 'sum'],
    ['source', 'gateway'],
    ['unit', ''],
    ['colour', 'red'],
  ] as const) {
    const refused = await admin('POST', '/admin/meters', {
      ...storage,
      key: 'fine',
      [field]: value,
    })
    expect(refused.body, field).toMatchObject({
      code: 'validation_error',
      errors: [{ path: field }],
    })
  }
})

test('a service key reports usage, and opens nothing else', async () => {
  const ada = await makeCustomer(app)
  await admin('POST', '/admin/meters', { ...storage, key: 'by_service' })
  const issued = await admin('POST', '/admin/service-keys', { name: 'reporter' })
  const { key, id, name } = issued.body
  expect([issued.status, name, issued.headers.get('cache-control')]).toEqual([
    ...[201, 'reporter', 'no-store'],
  ])
  const event = anEvent({ subject: ada.userId, type: 'by_service', value: 1 })
  expect(await post(key, [event])).toMatchObject({ status: 202, body: { accepted: 1 } })
  expect((await post(key, [event])).body).toEqual({ accepted: 0, duplicates: 1, rejected: [] })
  for (const path of ['/admin/meters', '/admin/users', '/api/portal/profile', '/api/portal/keys'])
    expect((await door.call('GET', path, { token: key })).status, path).toBe(401)
  expect((await post(undefined, [event], { 'x-api-key': key })).status).toBe(401)

  const [listed] = (await admin('GET', '/admin/service-keys')).body.data
  expect(listed).toMatchObject({ id, status: 'active', last_used_at: expect.any(String) })
  expect(JSON.stringify(listed)).not.toContain(key.slice(12, -8))
  for (const _ of [1, 2])
    expect((await admin('DELETE', `/admin/service-keys/${id}`)).status).toBe(204)
  expect((await post(key, [event])).status).toBe(401)
})

test('only programs of the operator report usage', async () => {
  const session = await signInAs(app, await makeCustomer(app))
  expect((await post(session, [])).status).toBe(403)
  expect((await post(undefined, [])).status).toBe(401)
  expect((await post(token, [])).status).toBe(202)
})

test('a call may be repeated by its Idempotency-Key, and other types of content are refused', async () => {
  const ada = await makeCustomer(app)
  await admin('POST', '/admin/meters', { ...storage, key: 'repeated' })
  const event = anEvent({ subject: ada.userId, type: 'repeated', value: 1 })
  const headers = { 'idempotency-key': 'one' }
  const first = await post(token, [event], headers)
  const again = await post(token, [event], headers)
  expect([first.body, again.body]).toEqual([first.body, { ...first.body, accepted: 1 }])
  expect(again.headers.get('idempotent-replayed')).toBe('true')
  const other = await post(token, [{ ...event, id: 'other' }], headers)
  expect([other.status, other.body.code]).toEqual([422, 'idempotency_mismatch'])
  const csv = await post(token, [event], { 'content-type': 'text/csv' })
  expect([csv.status, csv.body.code]).toEqual([415, 'unsupported_media_type'])
  const latin = await door.door.request('/api/v1/events', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify([{ ...event, id: 'é' }]), 'latin1'),
  })
  expect([latin.status, (await latin.json()).detail]).toEqual([400, 'The body is not valid UTF-8.'])
  const one = { 'content-type': 'application/cloudevents+json; charset=utf-8' }
  const single = anEvent({ subject: ada.userId, type: 'repeated', value: 1 })
  expect((await post(token, single, one)).body.accepted).toBe(1)
})
