import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { makeAuthenticator, type Twist } from '../../../test/authenticator.ts'
import { openDoor } from '../../../test/door.ts'
import { makeCustomer, signInAs } from '../../../test/make.ts'
import { mails } from '../../core/mail/schema.ts'
import { users } from '../accounts/schema.ts'
import { setSetting } from '../settings/settings.ts'
import { resetTwoFactor } from './two-factor.ts'

const system = { type: 'system' } as const
const password = 'correct horse battery staple'
const base = '/api/portal/profile/passkeys'
const door = '/api/portal/auth/passkey'

/** A customer, signed in by password, and a device of theirs. */
async function makeOwner(app: TestApp) {
  await setSetting(app, system, 'portal_login_rate_limit', 1000)
  const customer = await makeCustomer(app)
  const token = await signInAs(app, customer)
  const { call } = openDoor(app)
  const device = makeAuthenticator()
  const begin = async () =>
    (await call('POST', `${base}/options`, { token, body: { password } })).body
  const add = async (twist: Twist = {}, options?: Awaited<ReturnType<typeof begin>>) =>
    call('POST', base, {
      token,
      body: { name: 'Laptop', response: device.register(options ?? (await begin()), twist) },
    })
  const signIn = async (twist: Twist = {}, options?: { challenge: string }) => {
    const asked = options ?? (await call('POST', `${door}/options`)).body
    return call('POST', `${door}/verify`, { body: { response: device.signIn(asked, twist) } })
  }
  return { ...customer, token, call, begin, add, signIn }
}

test('a passkey signs in by itself, also where signing in takes a code', async () => {
  await using app = await createTestApp()
  const ada = await makeOwner(app)
  const added = await ada.add()
  expect(added).toMatchObject({ status: 201, body: { name: 'Laptop', last_used_at: null } })
  await app.db.update(users).set({ twoFactorEnabledAt: app.now() })
  const answer = await ada.signIn()
  expect(answer).toMatchObject({ status: 200, body: { user: { email: ada.email } } })
  const { token } = answer.body
  const { body } = await ada.call('GET', base, { token })
  expect(body.data).toMatchObject([{ id: added.body.id, last_used_at: expect.any(String) }])
  const templates = (await app.db.select().from(mails)).map(({ template }) => template)
  expect(templates).toContain('accounts.passkeyAdded')
})

test('adding one takes the password, and a code where signing in takes one', async () => {
  await using app = await createTestApp()
  const { call, token } = await makeOwner(app)
  const begin = (body: object) => call('POST', `${base}/options`, { token, body })
  expect((await begin({ password: 'wrong' })).body.code).toBe('invalid_credentials')
  await app.db.update(users).set({ twoFactorEnabledAt: app.now() })
  expect((await begin({ password })).body.code).toBe('invalid_code')
  expect((await begin({ password, code: '000000' })).body.code).toBe('invalid_code')
})

test('an answer that is not by this site, unverified, replayed, of a copy or of a stranger opens nothing', async () => {
  await using app = await createTestApp()
  const ada = await makeOwner(app)
  const eve = await makeOwner(app)
  await ada.add()
  await eve.add()
  const isRefused = { status: 401, body: { code: 'invalid_passkey' } }
  for (const twist of [
    { origin: 'http://apigate.example' },
    { isVerified: false },
    { userHandle: Buffer.from(eve.userId).toString('base64url') },
  ]) {
    expect(await ada.signIn(twist)).toMatchObject(isRefused)
  }
  const { body: options } = await ada.call('POST', `${door}/options`)
  const answers = await Promise.all([ada.signIn({}, options), ada.signIn({}, options)])
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401])
  expect(await ada.signIn({}, options)).toMatchObject(isRefused)
  expect(await ada.signIn({ counter: 1 })).toMatchObject(isRefused)
  const registering = await ada.begin()
  expect(await ada.signIn({}, { ...registering, rpId: 'apigate.test' })).toMatchObject(isRefused)
  const own = { challenge: Buffer.from('vrf_made.up').toString('base64url'), rpId: 'apigate.test' }
  expect(await ada.signIn({}, own)).toMatchObject(isRefused)
})

test('a passkey is kept only for who asked for it, once, and while the challenge lives', async () => {
  await using app = await createTestApp({ now: '2026-03-01T10:00:00Z' })
  const ada = await makeOwner(app)
  const eve = await makeOwner(app)
  const isRefused = { status: 422, body: { code: 'invalid_passkey' } }
  expect(await eve.add({}, await ada.begin())).toMatchObject(isRefused)
  expect(await ada.add({ isVerified: false })).toMatchObject(isRefused)
  expect(await ada.add({ origin: 'https://apigate.test' })).toMatchObject(isRefused)
  const options = await ada.begin()
  expect((await ada.add({}, options)).status).toBe(201)
  expect(await ada.add({}, options)).toMatchObject(isRefused)
  expect(await ada.add()).toMatchObject({ status: 409, body: { code: 'passkey_known' } })
  const late = await eve.begin()
  app.setNow('2026-03-01T10:10:01Z')
  expect(await eve.add({}, late)).toMatchObject(isRefused)
})

test('passkeys are renamed and removed by their owner alone; a removed one no longer signs in', async () => {
  await using app = await createTestApp()
  const ada = await makeOwner(app)
  const eve = await makeOwner(app)
  const { id } = (await ada.add()).body
  const path = `${base}/${id}`
  for (const [method, body] of [
    ['PATCH', { name: 'Mine' }],
    ['DELETE', undefined],
  ] as const)
    expect((await eve.call(method, path, { token: eve.token, body })).status).toBe(404)
  const renamed = await ada.call('PATCH', path, { token: ada.token, body: { name: 'Phone' } })
  expect(renamed.body.name).toBe('Phone')
  expect((await ada.call('DELETE', path, { token: ada.token })).status).toBe(204)
  expect((await ada.signIn()).status).toBe(401)

  await ada.add()
  await resetTwoFactor(app, system, ada.email)
  expect((await ada.signIn()).status).toBe(401)
})

test('a session by passkey counts as both factors where an organization requires them', async () => {
  await using app = await createTestApp()
  const ada = await makeOwner(app)
  await ada.add()
  const { token } = (await ada.signIn()).body
  const rule = '/api/portal/organization/two-factor'
  const require = (by: string) => ada.call('PUT', rule, { token: by, body: { required: true } })
  expect((await require(ada.token)).body.code).toBe('two_factor_not_enabled')
  expect((await require(token)).body).toEqual({ required: true, members_without: 0 })
  expect((await ada.call('GET', '/api/portal/keys', { token })).status).toBe(200)
  const byPassword = await ada.call('GET', '/api/portal/keys', { token: ada.token })
  expect(byPassword.body.code).toBe('two_factor_required')
  await app.db.update(users).set({ status: 'suspended' }).where(eq(users.id, ada.userId))
  expect((await ada.call('GET', base, { token })).body.code).toBe('user_suspended')
})
