import { generateKeyPair } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { type Keycloak, startKeycloak } from '../../../test/keycloak.ts'
import { makeCustomer, signInAs, system } from '../../../test/make.ts'
import { createUser, suspendUser } from '../accounts/users.ts'
import { setSetting, setSettings } from '../settings/settings.ts'

let keycloak: Keycloak
beforeAll(async () => {
  keycloak = await startKeycloak(['http://apigate.test/auth/sso/callback'])
})
afterAll(() => keycloak.stop())

const seconds = (fromNow: number) => Math.floor(Date.now() / 1000) + fromNow
const roles = (...names: string[]) => ({ realm_access: { roles: names } })
/** What Keycloak writes into the access token of a signed-in person. */
const ada = () => ({
  ...{ sub: 'ada', email: 'ada@example.com', email_verified: true, name: 'Ada' },
  ...{ iat: seconds(0), exp: seconds(300) },
})

async function createSsoApp(): Promise<TestApp> {
  const app = await createTestApp()
  await setSettings(app, system, {
    sso_provider: 'oidc',
    sso_issuer_url: keycloak.issuer,
    sso_client_id: keycloak.clientId,
  })
  return app
}

function open(app: TestApp) {
  const { call } = openDoor(app)
  const profile = (token: string, headers?: Record<string, string>) =>
    call('GET', '/api/portal/profile', { token, headers })
  return { call, profile }
}

test('a token of the realm opens the APIs, for the one person that it is about', async () => {
  await using app = await createSsoApp()
  const { call, profile } = open(app)
  const token = await keycloak.sign(ada())
  const first = await profile(token)
  expect(first).toMatchObject({ status: 200, body: { email: 'ada@example.com', role: 'customer' } })
  expect(first.body.last_login_at).not.toBeNull()
  expect((await call('GET', '/api/v1/customer/usage-stats', { token })).status).toBe(200)
  const issued = await call('POST', '/api/portal/keys', { token, body: { name: 'mine' } })
  expect([issued.status, issued.body.code]).toEqual([403, 'no_active_plan'])
  expect((await call('GET', '/admin/users', { token })).status).toBe(403)
  const changed = await call('PATCH', '/api/portal/profile', { token, body: { name: 'A. L.' } })
  expect(changed.body.name).toBe('A. L.')

  const idToken = await keycloak.sign({ ...ada(), aud: keycloak.clientId, azp: undefined })
  expect((await profile(idToken)).body.id).toBe(first.body.id)
  const many = await keycloak.sign({ ...ada(), aud: ['x', keycloak.clientId], azp: 'x' })
  expect((await profile(many)).body.id).toBe(first.body.id)
})

test('a token that is not as it should be is refused, whatever comes beside it', async () => {
  await using app = await createSsoApp()
  const { call, profile } = open(app)
  const customer = await makeCustomer(app)
  const login = await call('POST', '/api/portal/auth/login', {
    body: { email: customer.email, password: 'correct horse battery staple' },
  })
  const cookie = login.headers.getSetCookie()[0]!.split(';')[0]!
  const { privateKey: strange } = await generateKeyPair('RS256')
  const sign = keycloak.sign
  const pem = new TextEncoder().encode(await keycloak.publicKeyPem())
  const good = await sign(ada())
  const [header, body, signature] = good.split('.') as [string, string, string]
  const unsigned = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')
  const admin = Buffer.from(JSON.stringify({ ...ada(), ...roles('admin') })).toString('base64url')
  const bad: Record<string, string> = {
    'another audience': await sign({ ...ada(), aud: 'account', azp: 'another-client' }),
    'no audience': await sign({ ...ada(), aud: undefined, azp: undefined }),
    'another issuer': await sign({ ...ada(), iss: `${keycloak.issuer}-2` }),
    'no issuer': await sign({ ...ada(), iss: undefined }),
    ended: await sign({ ...ada(), exp: seconds(-60) }),
    'without an end': await sign({ ...ada(), exp: undefined }),
    'not yet valid': await sign({ ...ada(), nbf: seconds(120) }),
    'from the future': await sign({ ...ada(), iat: seconds(3600), exp: seconds(7200) }),
    'about nobody': await sign({ ...ada(), sub: undefined }),
    'an unknown key': await sign(ada(), { kid: 'unknown' }),
    'a strange key under a known name': await sign(ada(), { key: strange }),
    'a logout token': await sign(ada(), { typ: 'logout+jwt' }),
    'the public key as a shared secret': await sign(ada(), { key: pem, alg: 'HS256' }),
    'no signature': `${unsigned}.${body}.`,
    'a stripped signature': `${header}.${body}.`,
    'a changed body': `${header}.${admin}.${signature}`,
  }
  for (const [what, token] of Object.entries(bad)) {
    const { status, body: problem, headers } = await profile(token, { cookie })
    expect([what, status, problem.code]).toEqual([what, 401, 'invalid_token'])
    expect(headers.get('www-authenticate')).toBe('Bearer')
  }
  // Within the tolerance of half a minute.
  expect((await profile(await sign({ ...ada(), exp: seconds(-10) }))).status).toBe(200)
})

test('keys that the realm changed are fetched at once, but not for every stranger', async () => {
  await using app = await createSsoApp()
  const { profile } = open(app)
  const fetched = () => keycloak.seen.filter((path) => path.endsWith('/certs')).length
  app.setNow(new Date())
  const old = await keycloak.sign(ada())
  expect((await profile(old)).status).toBe(200)
  await keycloak.rotateKeys()
  const fresh = await keycloak.sign(ada())
  expect((await profile(fresh)).status).toBe(200)
  expect((await profile(old)).status).toBe(401)

  const before = fetched()
  const strangers = Array.from({ length: 20 }, (_, i) => keycloak.sign(ada(), { kid: `k${i}` }))
  for (const token of strangers) expect((await profile(await token)).status).toBe(401)
  expect((await profile(fresh)).status).toBe(200)
  expect(fetched() - before).toBeLessThanOrEqual(1)
})

test('the role of a token holds at once, and the account follows it', async () => {
  await using app = await createSsoApp()
  await setSetting(app, system, 'sso_role_claim', 'realm_access.roles')
  const { call } = open(app)
  await createUser(app, system, { email: 'nora@example.com', role: 'admin' })
  const admin = await keycloak.sign({ ...ada(), ...roles('admin') })
  expect((await call('GET', '/admin/users', { token: admin })).status).toBe(200)
  const plain = await keycloak.sign({ ...ada(), ...roles() })
  expect((await call('GET', '/admin/users', { token: plain })).status).toBe(403)
  const { body } = await call('GET', '/api/portal/profile', { token: plain })
  expect(body.role).toBe('customer')
})

test('a token opens no account that is suspended, not confirmed, or not to be made', async () => {
  await using app = await createSsoApp()
  const { call, profile } = open(app)
  const { body } = await profile(await keycloak.sign(ada()))
  await suspendUser(app, system, body.id)
  const keys = await call('GET', '/api/portal/keys', { token: await keycloak.sign(ada()) })
  expect(keys.body.code).toBe('user_suspended')

  const customer = await makeCustomer(app)
  const claims = { ...ada(), sub: 'eve', email: customer.email }
  const unverified = await keycloak.sign({ ...claims, email_verified: false })
  expect((await profile(unverified)).body.code).toBe('sso_email_unverified')
  await setSetting(app, system, 'sso_auto_provision', false)
  const stranger = await keycloak.sign({ ...claims, email: 'new@example.com' })
  expect((await profile(stranger)).body.code).toBe('sso_no_account')
  expect((await profile(await keycloak.sign(claims))).body.id).toBe(customer.userId)
})

test('many requests at a person’s first sight make one account', async () => {
  await using app = await createSsoApp()
  const { profile } = open(app)
  const token = await keycloak.sign(ada())
  const answers = await Promise.all(Array.from({ length: 6 }, () => profile(token)))
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
})

test('while the realm is away, tokens are not called wrong; sessions and the admin token go on', async () => {
  await using app = await createSsoApp()
  const { call, profile } = open(app)
  await setSetting(app, system, 'sso_issuer_url', 'http://127.0.0.1:1/realms/none')
  const token = await keycloak.sign(ada())
  expect(await profile(token)).toMatchObject({ status: 503, body: { code: 'sso_unavailable' } })
  const session = await signInAs(app, await makeCustomer(app))
  expect((await profile(session)).status).toBe(200)
  expect((await call('GET', '/admin/users', { token: app.adminToken })).status).toBe(200)
  await setSetting(app, system, 'sso_provider', null)
  expect(await profile(token)).toMatchObject({ status: 401, body: { code: 'invalid_token' } })
})
