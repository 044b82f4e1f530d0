import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { users } from '../src/features/accounts/schema.ts'
import { activateUser, suspendUser, verifyUser } from '../src/features/accounts/users.ts'
import { setSetting } from '../src/features/settings/settings.ts'
import { createTestApp, type TestApp } from './app.ts'
import { openDoor } from './door.ts'
import { makeCustomer, signInAs, system } from './make.ts'

type Door = ReturnType<typeof openDoor>
type Standing = 'pending' | 'suspended'

let app: TestApp
let door: Door
beforeAll(async () => {
  app = await createTestApp()
  door = openDoor(app)
})
afterAll(() => app[Symbol.asyncDispose]())

async function personIn(standing: Standing): Promise<{ userId: string; token: string }> {
  const person = await makeCustomer(app)
  const token = await signInAs(app, person)
  await app.db.update(users).set({ status: standing }).where(eq(users.id, person.userId))
  return { userId: person.userId, token }
}

test('a pending account signs in, reads and changes its settings, and has the mail sent again', async () => {
  const { token } = await personIn('pending')
  const { call } = door
  expect((await call('GET', '/api/portal/auth/session', { token })).body.user.status).toBe(
    'pending',
  )
  const change = { token, body: { locale: 'fr' } }
  expect((await call('PATCH', '/api/portal/profile', change)).body.locale).toBe('fr')
  expect((await call('GET', '/api/portal/sessions', { token })).status).toBe(200)
  const exported = await call('GET', '/api/portal/profile/export', { token })
  expect(Object.keys(exported.body.organizations[0])).toEqual(['id', 'name', 'role', 'plan'])
})

test('the operator confirms an address by hand, which opens what waited and lifts no suspension', async () => {
  const { userId, token } = await personIn('pending')
  const { call } = door
  const create = () => call('POST', '/api/portal/keys', { token, body: { name: 'first' } })
  expect((await create()).body.code).toBe('email_unverified')
  await verifyUser(app, system, userId)
  expect((await create()).status).toBe(201)
  await suspendUser(app, system, userId)
  await verifyUser(app, system, userId)
  expect((await create()).body.code).toBe('user_suspended')
  await activateUser(app, system, userId)
  expect((await create()).status).toBe(201)
})

test('a suspended person signs in, learns that it is so, and signs out', async () => {
  const person = await makeCustomer(app)
  await suspendUser(app, system, person.userId)
  const token = await signInAs(app, person)
  const { call } = door
  const { body } = await call('GET', '/api/portal/auth/session', { token })
  expect(body.user).toMatchObject({ id: person.userId, status: 'suspended' })
  expect((await call('POST', '/api/portal/auth/logout', { token })).status).toBe(204)
  expect((await call('GET', '/api/portal/auth/session', { token })).status).toBe(401)
})

test('closed registration is closed in the API, whatever is sent', async () => {
  await setSetting(app, system, 'portal_registration_enabled', false)
  const register = (email: string) =>
    door.call('POST', '/api/portal/auth/register', { body: { email, password: 'a long sentence' } })
  const { email } = await makeCustomer(app)
  for (const address of ['new@example.com', email])
    expect(await register(address)).toMatchObject({
      status: 403,
      body: { code: 'registration_disabled' },
    })
  await setSetting(app, system, 'portal_registration_enabled', true)
})
