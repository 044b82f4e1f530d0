import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { makeCustomer, signInAs } from '../../../test/make.ts'
import { setSetting } from '../settings/settings.ts'

const system = { type: 'system' } as const
const password = 'a sentence that is long enough'

test('a password is refused that many people use, or that holds a name that anybody knows', async () => {
  await using app = await createTestApp()
  await setSetting(app, system, 'portal_company_name', 'Northwind Weather')
  const { call } = openDoor(app)
  const register = (given: string) =>
    call('POST', '/api/portal/auth/register', {
      body: { email: 'Ada.Lovelace+api@example.com', password: given },
    })
  for (const [given, reason] of [
    ['1234567', 'at least 8'],
    ['password123', 'Many people'],
    ['Qwertyuiop', 'Many people'],
    ['aaaaaaaaaaaa', 'Many people'],
    ['AdaLovelace1815', 'e-mail address'],
    ['my-ada-lovelace!', 'e-mail address'],
    ['northwind.weather', 'Northwind Weather'],
    ['x'.repeat(1025), 'at most 1024'],
  ] as const) {
    const { status, body } = await register(given)
    expect([given.slice(0, 20), status, body.errors?.[0]?.path]).toEqual([
      ...[given.slice(0, 20), 422, 'password'],
    ])
    expect(body.errors[0].message).toContain(reason)
  }
  expect((await register('love the lace of Ada')).status).toBe(201)
})

test('the rules for passwords hold wherever one is set', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  const customer = await makeCustomer(app)
  const token = await signInAs(app, customer)
  const changed = await call('POST', '/api/portal/profile/password', {
    token,
    body: { current_password: 'correct horse battery staple', new_password: 'password123' },
  })
  expect(changed.body.errors[0].path).toBe('new_password')
  for (const [path, body] of [
    [`/admin/users/${customer.userId}/set-password`, { password: `${customer.name}-99` }],
    ['/admin/users', { email: 'bob@example.com', password: 'iloveyou' }],
  ] as const) {
    const answer = await call('POST', path, { token: app.adminToken, body })
    expect([path, answer.status]).toEqual([path, 422])
  }
})

test('an address that cannot be one is refused with what is wrong', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  for (const [email, reason] of [
    ['ada', 'has an @'],
    ['ada lovelace@example.com', 'no spaces'],
    ['ada@localhost', 'whole domain'],
    ['ada@.com', 'whole domain'],
    ['ada@@example.com', 'not an e-mail'],
    ['ada..b@example.com', 'not an e-mail'],
    [`${'a'.repeat(250)}@example.com`, ''],
  ] as const) {
    const { status, body } = await call('POST', '/api/portal/auth/register', {
      body: { email, password },
    })
    expect([email, status, body.errors?.length]).toEqual([email, 422, 1])
    expect(body.errors[0].message).toContain(reason)
  }
})

test('people cannot take a disposable address, below such a domain neither; operators may give one', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  for (const email of ['ada@mailinator.com', 'ada@inbox.mailinator.com']) {
    const refused = await call('POST', '/api/portal/auth/register', { body: { email, password } })
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ path: 'email' }] } })
  }
  const changed = await call('POST', '/api/portal/profile/email', {
    token: await signInAs(app, await makeCustomer(app)),
    body: { email: 'ada@mailinator.com', password: 'correct horse battery staple' },
  })
  expect(changed).toMatchObject({ status: 422, body: { errors: [{ path: 'email' }] } })
  const email = 'ada@mailinator.example'
  const fine = await call('POST', '/api/portal/auth/register', { body: { email, password } })
  expect(fine.status).toBe(201)
  const made = await call('POST', '/admin/users', {
    token: app.adminToken,
    body: { email: 'ada@mailinator.com' },
  })
  expect(made.status).toBe(201)
})
