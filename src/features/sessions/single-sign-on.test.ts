import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { openBrowser } from '../../../test/browser.ts'
import { openDoor } from '../../../test/door.ts'
import { type Keycloak, startKeycloak } from '../../../test/keycloak.ts'
import { system } from '../../../test/make.ts'
import { findUser } from '../accounts/user-rows.ts'
import { createUser, suspendUser, updateUser } from '../accounts/users.ts'
import { setSettings } from '../settings/settings.ts'

let keycloak: Keycloak
beforeAll(async () => {
  keycloak = await startKeycloak(['http://apigate.test/auth/sso/callback'])
})
afterAll(() => keycloak.stop())

const verified = { email: 'ada@example.com', email_verified: true, name: 'Ada Lovelace' }
const roles = (...names: string[]) => ({ realm_access: { roles: names } })

/** An app that signs people in at the realm. */
async function createSsoApp(settings: Record<string, unknown> = {}): Promise<TestApp> {
  const app = await createTestApp()
  await setSettings(app, system, {
    sso_provider: 'oidc',
    sso_issuer_url: keycloak.issuer,
    sso_client_id: keycloak.clientId,
    sso_client_secret: keycloak.clientSecret,
    ...settings,
  })
  return app
}

/** Signs in at the realm, and tells where that ended and what the session says. */
async function signIn(app: TestApp, name = 'ada', start = '/auth/sso') {
  const browser = openBrowser(app)
  const stop = await browser.signInAt(start, name)
  const cookie = [...browser.jarOf()].map(([key, value]) => `${key}=${value}`).join('; ')
  const { body } = await openDoor(app).call('GET', '/api/portal/auth/session', {
    headers: { cookie },
  })
  const problem = stop.text ? JSON.parse(stop.text) : null
  return { stop, cookie, user: body.user, code: problem?.code, detail: problem?.detail }
}

test('a person of the realm gets an account at first sight, and is the same one the next time', async () => {
  await using app = await createSsoApp()
  keycloak.people.set('ada', verified)
  const { stop, user, cookie } = await signIn(app, 'ada', '/auth/sso?next=/keys')
  expect(stop.url).toBe('http://apigate.test/portal/keys')
  expect(user).toMatchObject({
    ...{ email: 'ada@example.com', name: 'Ada Lovelace' },
    ...{ status: 'active', role: 'customer' },
  })
  expect(user.email_verified_at).not.toBeNull()
  expect(user.organization_id).toMatch(/^org_/)
  expect(cookie).not.toContain('apigate_sso')
  keycloak.people.set('ada', { ...verified, email: 'renamed@example.com' })
  expect((await signIn(app)).user.id).toBe(user.id)
})

test('the role follows the claim at every sign-in, and is a customer’s for what is not mapped', async () => {
  await using app = await createSsoApp({ sso_role_claim: 'realm_access.roles' })
  await createUser(app, system, { email: 'nora@example.com', role: 'admin' })
  const roleWith = async (...names: string[]) => {
    keycloak.people.set('ada', { ...verified, ...roles(...names) })
    return (await signIn(app)).user.role
  }
  expect(await roleWith('offline_access', 'agent')).toBe('agent')
  expect(await roleWith('admin', 'agent')).toBe('admin')
  expect(await roleWith('Admin', 'administrator')).toBe('customer')
  await setSettings(app, system, { sso_role_map: { ops: 'admin' } })
  expect(await roleWith('admin')).toBe('customer')
  expect(await roleWith('ops')).toBe('admin')
  keycloak.people.set('ada', verified)
  expect((await signIn(app)).user.role).toBe('customer')
})

test('without a claim for roles the provider changes none', async () => {
  await using app = await createSsoApp()
  keycloak.people.set('ada', { ...verified, ...roles('admin') })
  const { user } = await signIn(app)
  expect(user.role).toBe('customer')
  await updateUser(app, system, user.id, { role: 'agent' })
  expect((await signIn(app)).user.role).toBe('agent')
})

test('the last administrator stays one, whatever the provider says', async () => {
  await using app = await createSsoApp({ sso_role_claim: 'realm_access.roles' })
  keycloak.people.set('ada', { ...verified, ...roles('admin') })
  expect((await signIn(app)).user.role).toBe('admin')
  keycloak.people.set('ada', { ...verified, ...roles() })
  expect((await signIn(app)).user.role).toBe('admin')
  await createUser(app, system, { email: 'nora@example.com', role: 'admin' })
  expect((await signIn(app)).user.role).toBe('customer')
})

test('an account is joined by its address only when both sides have confirmed it', async () => {
  await using app = await createSsoApp()
  const { call } = openDoor(app)
  const existing = await createUser(app, system, { email: 'ada@example.com' })
  keycloak.people.set('ada', { ...verified, email_verified: false })
  expect((await signIn(app)).code).toBe('sso_email_unverified')
  keycloak.people.set('ada', { ...verified, email: 'ADA@example.com' })
  expect((await signIn(app)).user.id).toBe(existing.id)
  const { body } = await call('GET', '/admin/audit?action=users.identity_linked', {
    token: app.adminToken,
  })
  expect(body.data[0].target).toEqual({ type: 'user', id: existing.id })

  // Somebody took the address before its owner came, and waits with a password of theirs.
  const password = 'the password of a stranger'
  await call('POST', '/api/portal/auth/register', { body: { email: 'bob@example.com', password } })
  keycloak.people.set('bob', { ...verified, email: 'bob@example.com' })
  const refused = await signIn(app, 'bob')
  expect(refused).toMatchObject({ code: 'account_unverified', user: undefined })
  expect(refused.stop.status).toBe(403)
})

test('an address that the provider does not confirm makes an account that still has to', async () => {
  await using app = await createSsoApp({ require_email_verification: true })
  keycloak.people.set('ada', { email: 'ada@example.com' })
  const { user } = await signIn(app)
  expect(user).toMatchObject({ status: 'pending', email_verified_at: null })
  keycloak.people.set('eve', {})
  expect(await signIn(app, 'eve')).toMatchObject({ code: 'sso_email_missing', user: undefined })
})

test('a suspended person opens nothing, and nobody new is let in where accounts are given by hand', async () => {
  await using app = await createSsoApp({ sso_role_claim: 'realm_access.roles' })
  keycloak.people.set('ada', verified)
  const { user } = await signIn(app)
  await suspendUser(app, system, user.id)
  keycloak.people.set('ada', { ...verified, ...roles('admin') })
  const { cookie } = await signIn(app)
  const keys = await openDoor(app).call('GET', '/api/portal/keys', { headers: { cookie } })
  expect(keys.body.code).toBe('user_suspended')
  expect(await findUser(app, user.id)).toMatchObject({ status: 'suspended', role: 'customer' })

  await setSettings(app, system, { sso_auto_provision: false })
  keycloak.people.set('bob', { ...verified, email: 'bob@example.com' })
  expect(await signIn(app, 'bob')).toMatchObject({ code: 'sso_no_account', user: undefined })
  await createUser(app, system, { email: 'bob@example.com' })
  expect((await signIn(app, 'bob')).user.email).toBe('bob@example.com')
})

test('two first sign-ins of one person at the same moment make one account', async () => {
  await using app = await createSsoApp()
  keycloak.people.set('ada', verified)
  const both = await Promise.all([signIn(app), signIn(app)])
  expect(both[0].user.id).toBe(both[1].user.id)
})

test('a public client signs in by PKCE alone, and the environment can name a Keycloak realm', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  expect((await call('GET', '/auth/sso')).body).toMatchObject({
    code: 'sso_not_configured',
    detail: 'This way to sign in is not set up: sso_provider is missing.',
  })
  keycloak.people.set('ada', verified)
  app.config.keycloak = { issuerUrl: keycloak.issuer, clientId: 'public' }
  expect((await signIn(app)).user.email).toBe('ada@example.com')
})

test('who refuses at the provider, or whose provider is away, is told so', async () => {
  await using app = await createSsoApp()
  const refused = await signIn(app, '')
  expect(refused.code).toBe('sso_refused')
  expect(refused.detail).toBe('The sign-in at SSO was cancelled, or refused there.')
  await setSettings(app, system, { sso_issuer_url: 'http://127.0.0.1:1/realms/none' })
  const away = await openDoor(app).call('GET', '/auth/sso')
  expect(away).toMatchObject({ status: 503, body: { code: 'sso_unavailable' } })
})
