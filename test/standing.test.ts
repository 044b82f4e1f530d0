import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { users } from '../src/features/accounts/schema.ts'
import { activateUser, suspendUser, verifyUser } from '../src/features/accounts/users.ts'
import { setSetting } from '../src/features/settings/settings.ts'
import { createTestApp, type TestApp } from './app.ts'
import { openDoor } from './door.ts'
import { makeCustomer, signInAs, system } from './make.ts'

type Door = ReturnType<typeof openDoor>
type Document = { paths: Record<string, Record<string, unknown>> }
type Standing = 'pending' | 'suspended'

let app: TestApp
let door: Door
beforeAll(async () => {
  app = await createTestApp()
  door = openDoor(app)
})
afterAll(() => app[Symbol.asyncDispose]())

/** What a person may still do whose account is not active; everything else is refused with the code. */
const stillOpen: Record<Standing, { code: string; operations: string[] }> = {
  pending: {
    code: 'email_unverified',
    operations: [
      'GET /api/portal/auth/session',
      'GET /api/portal/profile',
      'PATCH /api/portal/profile',
      'DELETE /api/portal/profile',
      'POST /api/portal/profile/password',
      'GET /api/portal/profile/email',
      'POST /api/portal/profile/email',
      'DELETE /api/portal/profile/email',
      'GET /api/portal/profile/export',
      'POST /api/portal/profile/two-factor/enable',
      'POST /api/portal/profile/two-factor/confirm',
      'POST /api/portal/profile/two-factor/disable',
      'POST /api/portal/profile/two-factor/recovery-codes',
      'GET /api/portal/sessions',
      'DELETE /api/portal/sessions',
      'DELETE /api/portal/sessions/{id}',
      'POST /api/portal/invitations/{token}/accept',
    ],
  },
  suspended: { code: 'user_suspended', operations: ['GET /api/portal/auth/session'] },
}

/** Every operation of the customers' APIs that takes a sign-in, as `GET /api/portal/keys`. */
async function listOperations(): Promise<string[]> {
  const { body } = await door.call<Document>('GET', '/openapi.json')
  return Object.entries(body.paths).flatMap(([path, methods]) =>
    /^\/api\/(portal|v1\/customer|dev)\//.test(path) && !/\/auth\/(?!session)/.test(path)
      ? Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`)
      : [],
  )
}

async function personIn(standing: Standing): Promise<{ userId: string; token: string }> {
  const person = await makeCustomer(app)
  const token = await signInAs(app, person)
  await app.db.update(users).set({ status: standing }).where(eq(users.id, person.userId))
  return { userId: person.userId, token }
}

test.each(['pending', 'suspended'] as const)(
  'to a %s account all is closed that is not on the list, also what is added to the APIs',
  async (standing) => {
    const { token } = await personIn(standing)
    const { code, operations } = stillOpen[standing]
    const all = await listOperations()
    expect(all.length).toBeGreaterThan(40)
    expect(operations.filter((operation) => !all.includes(operation))).toEqual([])
    const closed = all.filter((operation) => !operations.includes(operation))
    const answers = await Promise.all(
      closed.map(async (operation) => {
        const [method = '', path = ''] = operation.split(' ')
        const answer = await door.call(method, path.replace(/\{\w+\}/g, 'x'), { token })
        return [operation, answer.status, answer.body?.code]
      }),
    )
    expect(answers).toEqual(closed.map((operation) => [operation, 403, code]))
  },
)

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
