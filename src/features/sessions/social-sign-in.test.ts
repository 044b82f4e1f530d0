import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { openBrowser } from '../../../test/browser.ts'
import { type FakeProvider, startFakeProvider, tokens } from '../../../test/fake-provider.ts'
import { system } from '../../../test/make.ts'
import { inTransaction } from '../../core/app.ts'
import { issueProof } from '../accounts/proofs.ts'
import { identities, users } from '../accounts/schema.ts'
import { findUser } from '../accounts/user-rows.ts'
import { createUser } from '../accounts/users.ts'
import { setSettings } from '../settings/settings.ts'
import { resetPassword } from './password-reset.ts'

const acme = '11111111-2222-3333-4444-555555555555'
const persons = '9188040d-6c67-4c5b-b112-36a304b66dad'

let provider: FakeProvider
let app: TestApp
beforeAll(async () => {
  provider = await startFakeProvider()
})
afterAll(() => provider.stop())
beforeEach(async () => {
  app = await createTestApp()
  provider.answers.metadata = {}
  return () => app[Symbol.asyncDispose]()
})

/** Signs in at a provider that answers with an ID token of these claims, for the nonce that it got. */
async function signIn(start: string, claims: Record<string, unknown>) {
  const browser = openBrowser(app)
  const { url } = await browser.visit(start, undefined, /\/authorize\?/)
  const { searchParams } = new URL(url)
  const nonce = searchParams.get('nonce')!
  const id_token = await provider.sign({ nonce, aud: searchParams.get('client_id')!, ...claims })
  provider.answers.token = () => tokens({ id_token })
  const callback = new URL(searchParams.get('redirect_uri')!).pathname
  const state = encodeURIComponent(searchParams.get('state')!)
  const stop = await browser.visit(`${callback}?code=abc&state=${state}`)
  const names = [...browser.jarOf().keys()]
  return { ...stop, names, code: stop.text ? JSON.parse(stop.text).code : null, searchParams }
}

const useGoogle = () =>
  setSettings(app, system, {
    google_client_id: 'google-client',
    google_client_secret: 'secret',
    google_api_base: provider.base,
  })

async function useMicrosoft(tenant = 'common') {
  provider.answers.metadata = { issuer: `${provider.base}/{tenantid}/v2.0` }
  await setSettings(app, system, {
    microsoft_client_id: 'microsoft-client',
    microsoft_client_secret: 'secret',
    microsoft_api_base: provider.base,
    microsoft_tenant: tenant,
  })
}

test('Google signs people in, and makes accounts while registration is open', async () => {
  await useGoogle()
  const ada = { sub: '1', email: 'ada@example.com', email_verified: true, name: 'Ada' }
  const { url, searchParams } = await signIn('/auth/oauth/google?next=/usage', ada)
  expect(url).toBe('http://apigate.test/portal/usage')
  expect(searchParams.get('prompt')).toBe('select_account')
  expect(await findUser(app, 'ada@example.com')).toMatchObject({ status: 'active', name: 'Ada' })
  expect(await app.db.select().from(identities)).toMatchObject([
    { providerId: provider.base, accountId: '1' },
  ])

  await setSettings(app, system, { portal_registration_enabled: false })
  const bob = { ...ada, sub: '2', email: 'bob@example.com' }
  expect((await signIn('/auth/oauth/google', bob)).code).toBe('registration_disabled')
  expect((await signIn('/auth/oauth/google', ada)).code).toBeNull()
})

test('who has set up codes is asked for one after the provider, and has no session before', async () => {
  await useGoogle()
  const ada = { sub: '1', email: 'ada@example.com', email_verified: true, name: 'Ada' }
  await signIn('/auth/oauth/google', ada)
  await app.db.update(users).set({ twoFactorEnabledAt: app.now() })
  const { url, names } = await signIn('/auth/oauth/google?next=/usage', ada)
  expect(url).toBe('http://apigate.test/portal/login/two-factor?next=%2Fusage')
  expect(names.filter((name) => /session|challenge/.test(name))).toEqual([
    '__Host-apigate_challenge',
  ])
})

test('a social provider decides no role', async () => {
  await useGoogle()
  await setSettings(app, system, { sso_role_claim: 'roles' })
  const eve = { sub: '1', email: 'eve@example.com', email_verified: true, roles: ['admin'] }
  await signIn('/auth/oauth/google', eve)
  expect(await findUser(app, 'eve@example.com')).toMatchObject({ role: 'customer' })
})

test('Microsoft signs in people of every tenant, each by the issuer of their own', async () => {
  await useMicrosoft()
  const ada = { sub: '1', tid: acme, email: 'ada@acme.example', xms_edov: true }
  const own = { ...ada, iss: `${provider.base}/${acme}/v2.0` }
  expect((await signIn('/auth/oauth/microsoft', own)).code).toBeNull()
  expect(await findUser(app, 'ada@acme.example')).toMatchObject({ status: 'active' })
  const [identity] = await app.db.select().from(identities)
  expect(identity!.providerId).toBe(`${provider.base}/${acme}/v2.0`)

  for (const claims of [
    { ...own, tid: persons },
    { ...own, tid: '../evil' },
    { ...own, tid: undefined },
    { ...own, iss: `${provider.base}/{tenantid}/v2.0` },
    { ...own, iss: 'https://evil.example' },
  ]) {
    expect((await signIn('/auth/oauth/microsoft', claims)).code).toBe('sso_failed')
  }
})

test('an address that a tenant at Microsoft merely wrote down takes no account over', async () => {
  await useMicrosoft()
  const victim = await createUser(app, system, { email: 'victim@example.com' })
  const iss = `${provider.base}/${acme}/v2.0`
  const forged = { sub: '1', tid: acme, iss, email: 'victim@example.com', email_verified: true }
  expect((await signIn('/auth/oauth/microsoft', forged)).code).toBe('sso_email_unverified')
  const fresh = { ...forged, email: undefined, preferred_username: 'new@example.com' }
  expect((await signIn('/auth/oauth/microsoft', fresh)).code).toBeNull()
  expect(await findUser(app, 'new@example.com')).toMatchObject({
    status: 'pending',
    emailVerified: false,
  })
  const person = { ...forged, sub: '9', tid: persons, iss: `${provider.base}/${persons}/v2.0` }
  expect((await signIn('/auth/oauth/microsoft', person)).code).toBeNull()
  const linked = (await app.db.select().from(identities)).find(({ accountId }) => accountId === '9')
  expect(linked!.userId).toBe(victim.id)
})

test('who proves an address by mail shuts out whoever used it before at a provider', async () => {
  await useMicrosoft()
  const iss = `${provider.base}/${acme}/v2.0`
  const stranger = { sub: '1', tid: acme, iss, email: 'victim@example.com' }
  expect((await signIn('/auth/oauth/microsoft', stranger)).code).toBeNull()
  const { id } = (await findUser(app, 'victim@example.com'))!
  const token = await inTransaction(app, (tx) => issueProof(tx, 'reset-password', id))
  const input = { token, password: 'a sentence of the owner' }
  await resetPassword(app, { type: 'anonymous', ip: null }, input)
  expect(await findUser(app, id)).toMatchObject({ status: 'active', emailVerified: true })
  expect((await signIn('/auth/oauth/microsoft', stranger)).code).toBe('sso_email_unverified')
})

test('plain OAuth 2.0 says who somebody is by its user info', async () => {
  const asked: (string | undefined)[] = []
  await setSettings(app, system, {
    sso_provider: 'oauth2',
    sso_client_id: 'portal',
    sso_client_secret: 's3cret',
    sso_authorize_url: `${provider.base}/authorize`,
    sso_token_url: `${provider.base}/token`,
    sso_userinfo_url: `${provider.base}/userinfo`,
    sso_role_claim: 'groups',
    sso_role_map: { staff: 'agent' },
  })
  provider.answers.userinfo = () => ({
    ...{ id: 4711, name: 'Ada', email: 'ada@example.com', email_verified: true },
    groups: ['staff', 'golf'],
  })
  const browser = openBrowser(app)
  const { url } = await browser.visit('/auth/sso', undefined, /\/authorize\?/)
  const state = encodeURIComponent(new URL(url).searchParams.get('state')!)
  provider.answers.token = (form, authorization) => {
    asked.push(form.get('client_secret') ?? authorization?.split(' ')[0])
    // A server that wants the secret in the header says so.
    return authorization ? tokens() : { status: 401, body: { error: 'invalid_client' } }
  }
  expect((await browser.visit(`/auth/sso/callback?code=abc&state=${state}`)).text).toBe('')
  expect(asked).toEqual(['s3cret', 'Basic'])
  expect(await findUser(app, 'ada@example.com')).toMatchObject({ role: 'agent', name: 'Ada' })
  const [identity] = await app.db.select().from(identities)
  expect(identity).toMatchObject({ providerId: `${provider.base}/token`, accountId: '4711' })
})

test('plain OAuth 2.0 without user info is read by its ID token', async () => {
  await setSettings(app, system, {
    sso_provider: 'oauth2',
    sso_client_id: 'portal',
    sso_client_secret: 'secret',
    sso_authorize_url: `${provider.base}/authorize`,
    sso_token_url: `${provider.base}/token`,
  })
  const ada = { sub: '1', email: 'ada@example.com', email_verified: true }
  expect((await signIn('/auth/sso', { ...ada, aud: 'another' })).code).toBe('sso_failed')
  expect((await signIn('/auth/sso', { ...ada, nonce: 'another' })).code).toBe('sso_failed')
  expect((await signIn('/auth/sso', ada)).code).toBeNull()
  expect(await findUser(app, 'ada@example.com')).toMatchObject({ status: 'active' })
})
