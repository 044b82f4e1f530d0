import { generateKeyPair } from 'jose'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { openBrowser } from '../../../test/browser.ts'
import { type FakeProvider, startFakeProvider, tokens } from '../../../test/fake-provider.ts'
import { system } from '../../../test/make.ts'
import { users } from '../accounts/schema.ts'
import { setSettings } from '../settings/settings.ts'

let provider: FakeProvider
let app: TestApp
beforeAll(async () => {
  provider = await startFakeProvider()
})
afterAll(() => provider.stop())
beforeEach(async () => {
  app = await createTestApp()
  await setSettings(app, system, {
    sso_provider: 'oidc',
    sso_issuer_url: provider.base,
    sso_client_id: 'portal',
    sso_client_secret: 'secret',
  })
  return () => app[Symbol.asyncDispose]()
})

const ada = { sub: 'ada', aud: 'portal', email: 'ada@example.com', email_verified: true }

/** Begins a sign-in, and lets the provider answer with an ID token of these claims. */
async function begin(browser = openBrowser(app), start = '/auth/sso') {
  const { url } = await browser.visit(start, undefined, /\/authorize\?/)
  const { searchParams } = new URL(url)
  const state = searchParams.get('state')!
  const nonce = searchParams.get('nonce')!
  const callback = `/auth/sso/callback?code=abc&state=${encodeURIComponent(state)}`
  const answer = async (claims: Record<string, unknown> = {}, key?: CryptoKey) => {
    const id_token = await provider.sign({ nonce, ...ada, ...claims }, key)
    provider.answers.token = () => tokens({ id_token })
  }
  await answer()
  return { browser, callback, nonce, answer, searchParams }
}

const codeOf = ({ text }: { text: string }) => (text ? JSON.parse(text).code : null)

test('the way to the provider carries PKCE, a state and a nonce, and asks for a code', async () => {
  const { browser, callback, searchParams } = await begin()
  expect(Object.fromEntries(searchParams)).toMatchObject({
    ...{ client_id: 'portal', response_type: 'code', scope: 'openid profile email' },
    redirect_uri: 'http://apigate.test/auth/sso/callback',
    code_challenge_method: 'S256',
  })
  expect((await browser.visit(callback)).url).toBe('http://apigate.test/portal/')
})

test('an answer counts once, in the browser that asked for it, and for ten minutes', async () => {
  const stolen = await begin()
  expect(codeOf(await openBrowser(app).visit(stolen.callback))).toBe('sso_state_invalid')

  const { browser, callback } = await begin()
  const jar = new Map(browser.jarOf())
  expect((await browser.visit(callback)).text).toBe('')
  expect(codeOf(await browser.visit(callback))).toBe('sso_state_invalid')
  for (const [name, value] of jar) browser.jarOf().set(name, value)
  expect(codeOf(await browser.visit(callback))).toBe('sso_state_invalid')

  const late = await begin()
  app.setNow(new Date(Date.now() + 601_000))
  expect(codeOf(await late.browser.visit(late.callback))).toBe('sso_state_invalid')
})

test('an answer of one provider does not pass at the callback of another', async () => {
  await setSettings(app, system, {
    google_client_id: 'portal',
    google_client_secret: 'secret',
    google_api_base: provider.base,
  })
  const { browser, callback } = await begin()
  const elsewhere = callback.replace('/auth/sso/callback', '/auth/oauth/google/callback')
  expect(codeOf(await browser.visit(elsewhere))).toBe('sso_state_invalid')
})

test('an ID token that is not for this very sign-in makes nobody', async () => {
  const { privateKey: strange } = await generateKeyPair('RS256')
  const bad: [string, Record<string, unknown>, CryptoKey?][] = [
    ['another nonce', { nonce: 'of an earlier sign-in' }],
    ['no nonce', { nonce: undefined }],
    ['another client', { aud: 'another' }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['a key that is not the provider’s', {}, strange],
    ['two clients, ours not the one that asked', { aud: ['portal', 'x'], azp: 'x' }],
  ]
  for (const [what, claims, key] of bad) {
    const { browser, callback, answer } = await begin()
    await answer(claims, key)
    expect([what, codeOf(await browser.visit(callback))]).toEqual([what, 'sso_failed'])
  }
  const { browser, callback } = await begin()
  provider.answers.token = () => tokens()
  expect(codeOf(await browser.visit(callback))).toBe('sso_failed')
  expect(await app.db.$count(users)).toBe(0)
})

test('a provider that answers with an error or with nonsense is told from one that refuses', async () => {
  const { browser, callback } = await begin()
  provider.answers.token = () => ({ status: 400, body: { error: 'invalid_grant' } })
  expect(codeOf(await browser.visit(callback))).toBe('sso_failed')
  const broken = await begin()
  provider.answers.token = () => ({ status: 502, body: 'bad gateway' })
  expect(codeOf(await broken.browser.visit(broken.callback))).toBe('sso_unavailable')
  const error = await begin()
  const refusal = error.callback.replace('code=abc', 'error=access_denied')
  expect(codeOf(await error.browser.visit(refusal))).toBe('sso_refused')
  const trouble = await begin()
  const own = trouble.callback.replace('code=abc', 'error=server_error')
  expect(codeOf(await trouble.browser.visit(own))).toBe('sso_unavailable')
})

test('nobody is led off this site afterwards', async () => {
  for (const next of [
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https://evil.example',
    '%2f%2fevil.example',
    '/\tevil',
    '//evil.example/%2e%2e',
  ]) {
    const start = `/auth/sso?next=${encodeURIComponent(next)}`
    const { browser, callback } = await begin(undefined, start)
    const { url } = await browser.visit(callback)
    expect([next, url]).toEqual([next, 'http://apigate.test/portal/'])
  }
})

test('signing in gives a session that nobody knew before', async () => {
  const { browser, callback } = await begin()
  const planted = 'planted.by-somebody-else'
  browser.jarOf().set('__Host-apigate.session_token', planted)
  await browser.visit(callback)
  const token = browser.jarOf().get('__Host-apigate.session_token')
  expect(token).toBeDefined()
  expect(token).not.toBe(planted)
})

test('what a provider says stays out of the log, but for the kind of its error', async () => {
  const lines: unknown[] = []
  app.log.warn = ((facts: object, text: string) => void lines.push([facts, text])) as never
  const { browser, callback } = await begin()
  provider.answers.token = () => ({
    status: 400,
    body: { error: 'invalid_grant', error_description: 'Code not valid', access_token: 'secret' },
  })
  await browser.visit(callback)
  const text = JSON.stringify(lines)
  expect(text).toContain('invalid_grant')
  expect(text).toContain('Code not valid')
  expect(text).toMatch(/req_[0-9a-z]{26}/)
  for (const secret of ['abc', 'secret', 'code_verifier']) expect(text).not.toContain(secret)
})
