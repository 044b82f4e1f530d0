import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { createPlan } from '../plans/plans.ts'
import { setSetting } from '../settings/settings.ts'
import { deleteUser } from './remove-user.ts'
import { identities, sessions } from './schema.ts'
import { createUser, getUser, setUserPassword, suspendUser } from './users.ts'

const system = { type: 'system' } as const
const ada = { email: 'Ada@Example.com', password: 'correct horse battery' }

test('a customer registers, is on the default plan, and signs in with a token and with a cookie', async () => {
  await using app = await createTestApp()
  const plan = await createPlan(app, system, { name: 'Free' })
  const { call } = openDoor(app)
  const registered = await call('POST', '/api/portal/auth/register', {
    body: { ...ada, name: 'Ada' },
  })
  expect(registered.status).toBe(201)
  expect(registered.body.user).toMatchObject({
    email: 'ada@example.com',
    role: 'customer',
    status: 'active',
    plan_id: plan.id,
  })
  expect(registered.body.organization.id).toMatch(/^org_/)

  const login = await call('POST', '/api/portal/auth/login', { body: ada })
  expect(login.status).toBe(200)
  const byToken = await call('GET', '/api/portal/auth/session', { token: login.body.token })
  expect(byToken.body.user.email).toBe('ada@example.com')
  const cookie = login.headers
    .getSetCookie()
    .map((value) => value.split(';')[0])
    .join('; ')
  const byCookie = await call('GET', '/api/portal/auth/session', { headers: { cookie } })
  expect(byCookie.body.user.email).toBe('ada@example.com')
  expect(login.headers.getSetCookie()[0]).toMatch(/HttpOnly/i)
  expect(login.headers.getSetCookie()[0]).toMatch(/SameSite=Lax/i)

  await call('POST', '/api/portal/auth/logout', { token: login.body.token })
  expect((await call('GET', '/api/portal/auth/session', { token: login.body.token })).status).toBe(
    401,
  )
})

test('only an argon2id hash of the password is stored', async () => {
  await using app = await createTestApp()
  await openDoor(app).call('POST', '/api/portal/auth/register', { body: ada })
  const rows = await app.db.select().from(identities)
  expect(rows[0]!.password).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
})

test('an address is taken whatever its case, and a bad one is refused by its field', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  await call('POST', '/api/portal/auth/register', { body: ada })
  const again = await call('POST', '/api/portal/auth/register', {
    body: { ...ada, email: 'ADA@example.com' },
  })
  expect(again).toMatchObject({ status: 409, body: { code: 'email_taken' } })
  const bad = await call('POST', '/api/portal/auth/register', {
    body: { email: 'nobody', password: 'long enough', role: 'admin' },
  })
  expect(bad.status).toBe(422)
  expect(bad.body.errors.map((error: { path: string }) => error.path).sort()).toEqual([
    'email',
    'role',
  ])
  expect(bad.headers.get('content-type')).toBe('application/problem+json')
})

test('closed registration is closed in the API too', async () => {
  await using app = await createTestApp()
  await setSetting(app, system, 'portal_registration_enabled', false)
  const answer = await openDoor(app).call('POST', '/api/portal/auth/register', { body: ada })
  expect(answer).toMatchObject({ status: 403, body: { code: 'registration_disabled' } })
})

test('the sixth failed sign-in in a minute waits, while another address and another account get in', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  await createUser(app, system, { email: ada.email, password: ada.password })
  await createUser(app, system, { email: 'bob@example.com', password: ada.password })
  const wrong = { body: { email: ada.email, password: 'wrong' } }
  for (let i = 0; i < 5; i++) {
    expect((await call('POST', '/api/portal/auth/login', wrong)).status).toBe(401)
  }
  const sixth = await call('POST', '/api/portal/auth/login', wrong)
  expect(sixth).toMatchObject({ status: 429, body: { code: 'too_many_attempts' } })
  expect(Number(sixth.headers.get('retry-after'))).toBeGreaterThan(0)
  const elsewhere = {
    body: { email: 'bob@example.com', password: ada.password },
    ip: '203.0.113.9',
  }
  expect((await call('POST', '/api/portal/auth/login', elsewhere)).status).toBe(200)
})

test('an unknown address is refused like a wrong password', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  await createUser(app, system, { email: ada.email, password: ada.password })
  const unknown = await call('POST', '/api/portal/auth/login', {
    body: { email: 'x@example.com', password: 'wrong' },
  })
  const wrong = await call('POST', '/api/portal/auth/login', {
    body: { email: ada.email, password: 'wrong' },
  })
  expect(unknown.body.code).toBe('invalid_credentials')
  expect(unknown.body.detail).toBe(wrong.body.detail)
})

test('a password change ends the other sessions and keeps this one', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  await createUser(app, system, { email: ada.email, password: ada.password })
  const here = (await call('POST', '/api/portal/auth/login', { body: ada })).body.token
  const there = (await call('POST', '/api/portal/auth/login', { body: ada })).body.token
  const body = { current_password: ada.password, new_password: 'another long one' }
  expect((await call('POST', '/api/portal/profile/password', { token: here, body })).status).toBe(
    204,
  )
  expect((await call('GET', '/api/portal/profile', { token: here })).status).toBe(200)
  expect((await call('GET', '/api/portal/profile', { token: there })).status).toBe(401)
})

test('the operator sets passwords, suspends and deletes; a suspension signals the organization', async () => {
  await using app = await createTestApp()
  const signals: unknown[] = []
  app.signals.listen((signal) => void signals.push(signal))
  const user = await createUser(app, system, { email: ada.email, password: ada.password })
  await setUserPassword(app, system, user.id, 'set by the operator')
  await suspendUser(app, system, 'ada@example.com')
  expect(signals).toEqual([{ topic: 'organizations', ids: [user.organizationId] }])
  expect((await getUser(app, system, user.id)).status).toBe('suspended')
  await deleteUser(app, system, user.id)
  await expect(getUser(app, system, user.id)).rejects.toMatchObject({ code: 'not_found' })
  expect(await app.db.select().from(sessions).where(eq(sessions.userId, user.id))).toEqual([])
})

test('a write by cookie needs our origin or the token, and a foreign origin is always refused', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  await createUser(app, system, { email: ada.email, password: ada.password })
  const login = await call('POST', '/api/portal/auth/login', { body: ada })
  const cookie = login.headers
    .getSetCookie()
    .map((value) => value.split(';')[0])
    .join('; ')
  const write = (headers: Record<string, string>) =>
    call('PATCH', '/api/portal/profile', {
      headers: { cookie, ...headers },
      body: { name: 'Ada L.' },
    })
  expect((await write({})).body.code).toBe('csrf_failed')
  expect((await write({ origin: 'https://evil.example' })).body.code).toBe('csrf_failed')
  expect((await write({ origin: 'http://apigate.test' })).status).toBe(200)
})

test('the admin token opens everything, and a customer opens nothing of the operator', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  expect((await call('GET', '/api/portal/profile')).status).toBe(401)
  expect((await call('GET', '/nowhere')).body.code).toBe('not_found')
  expect((await call('GET', '/healthz')).status).toBe(200)
  const openapi = await call('GET', '/openapi.json')
  expect(openapi.body.paths['/api/portal/auth/login'].post).toBeDefined()
})
