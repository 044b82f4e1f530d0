import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createLog } from '../src/core/log.ts'
import { setSetting } from '../src/features/settings/settings.ts'
import { createTestApp, type TestApp } from './app.ts'
import { openDoor } from './door.ts'
import { makeCustomer, signInAs, system } from './make.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app[Symbol.asyncDispose]())

test('a body over a mebibyte is refused before anything reads it, also without a sign-in', async () => {
  const { call } = openDoor(app)
  const body = { email: 'a@example.com', password: 'x'.repeat(2_000_000) }
  const answer = await call('POST', '/api/portal/auth/login', { body })
  expect(answer).toMatchObject({ status: 413, body: { code: 'payload_too_large' } })
})

test('half of a surrogate pair anywhere in JSON is refused at its field, and whole ones are kept', async () => {
  const { call } = openDoor(app)
  const token = await signInAs(app, await makeCustomer(app))
  const create = (body: object) => call('POST', '/api/portal/keys', { token, body })
  for (const body of [{ name: 'a\ud800' }, { name: 'a', scopes: ['\udc00'] }]) {
    const field = 'scopes' in body ? 'scopes' : 'name'
    expect(await create(body)).toMatchObject({ status: 422, body: { errors: [{ path: field }] } })
  }
  expect(await create({ name: '😀 \\ud800' })).toMatchObject({ status: 201 })
  const event = { specversion: '1.0', id: '\ud800', source: 's', type: 'm', subject: 'x' }
  const events = [{ ...event, data: { value: 1 } }]
  const answer = await call('POST', '/api/v1/events', { token: app.adminToken, body: events })
  expect(answer).toMatchObject({ status: 202, body: { rejected: [{ code: 'invalid_event' }] } })
})

test('a token that opens nothing does not let the cookie beside it open a write', async () => {
  const { call } = openDoor(app)
  const email = 'cookie@example.com'
  const password = 'correct horse battery'
  await call('POST', '/api/portal/auth/register', { body: { email, password } })
  const signedIn = await call('POST', '/api/portal/auth/login', { body: { email, password } })
  const cookie = signedIn.headers.getSetCookie()[0]!.split(';')[0]!
  const write = (headers: Record<string, string>) =>
    call('PATCH', '/api/portal/profile', { headers: { cookie, ...headers }, body: { name: 'x' } })
  expect((await write({})).status).toBe(403)
  expect((await write({ authorization: 'Bearer a.b' })).status).toBe(401)
  expect((await write({ origin: 'http://apigate.test' })).status).toBe(200)
})

test('with the portal switched off nothing of it is left but the way in', async () => {
  const { call } = openDoor(app)
  const ada = await makeCustomer(app)
  const token = await signInAs(app, ada)
  await setSetting(app, system, 'portal_enabled', false)
  for (const path of ['/api/portal/keys', '/API/PORTAL/KEYS', '/api/dev/usage', '/portal.data']) {
    expect([path, (await call('GET', path, { token })).status]).toEqual([path, 404])
  }
  const body = { email: 'nobody@example.com', password: 'wrong' }
  expect((await call('POST', '/api/portal/auth/login', { body })).status).toBe(401)
  await setSetting(app, system, 'portal_enabled', true)
  await setSetting(app, system, 'portal_show_usage', false)
  for (const path of [
    '/api/portal/usage',
    '/portal/USAGE',
    '/portal/usage.data',
    '/portal/Logs/x',
  ]) {
    expect([path, (await call('GET', path, { token })).status]).toEqual([path, 404])
  }
  await setSetting(app, system, 'portal_show_usage', true)
})

test('metrics are for programs of this machine, and not for those behind its proxy', async () => {
  const { door } = openDoor(app)
  const ask = async (from: string | null) =>
    (await door.request('/metrics', { headers: from ? { 'x-forwarded-for': from } : {} })).status
  expect(await ask('127.0.0.1')).toBe(200)
  expect(await ask('203.0.113.9, 127.0.0.1')).toBe(401)
  expect(await ask('203.0.113.9')).toBe(401)
  expect(await ask(null)).toBe(401)
})

test('an attacker who is refused by address locks nobody else’s account', async () => {
  const { call } = openDoor(app)
  const password = 'correct horse battery'
  const email = 'target@example.com'
  await call('POST', '/api/portal/auth/register', { body: { email, password } })
  const attack = () =>
    call('POST', '/api/portal/auth/login', { ip: '203.0.113.66', body: { email, password: 'no' } })
  const statuses = []
  for (let i = 0; i < 12; i++) statuses.push((await attack()).status)
  expect(statuses.filter((status) => status === 401).length).toBe(5)
  await new Promise((resolve) => setTimeout(resolve, 10))
  const other = { email: 'second@example.com', password: 'no' }
  for (let i = 0; i < 12; i++)
    await call('POST', '/api/portal/auth/login', { ip: '203.0.113.66', body: other })
  const second = await call('POST', '/api/portal/auth/login', { ip: '203.0.113.7', body: other })
  expect(second.status).toBe(401)
})

test('the log keeps a failed statement and leaves out what people typed', async () => {
  const lines: string[] = []
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    lines.push(String(text))
    return true
  })
  const log = createLog({ log: { level: 'error', format: 'json' } })
  const secret = 'ada@example.com'
  const failed = await app.db.execute(sql`select ${secret}::int`).catch((error: unknown) => error)
  log.error({ err: failed }, 'failed')
  await vi.waitFor(() => expect(lines.join('')).toContain('select $1::int'))
  write.mockRestore()
  expect(lines.join('')).not.toContain(`params: ${secret}`)
})
