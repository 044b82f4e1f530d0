import { expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { makeCustomer, system } from '../../../test/make.ts'
import { setSetting } from '../settings/settings.ts'
import { isSessionLost } from './cookie-policy.ts'

const password = 'correct horse battery staple'

/** How a browser reaches the server, as the gateway in front tells it. */
const ways = {
  localhost: { 'x-forwarded-proto': 'http', 'x-forwarded-host': 'localhost:8080' },
  loopback: { 'x-forwarded-proto': 'http', 'x-forwarded-host': '[::1]:8080' },
  network: { 'x-forwarded-proto': 'http', 'x-forwarded-host': '10.0.0.5:8080' },
  https: { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'api.example.com' },
}
type Way = keyof typeof ways

async function open(app: TestApp) {
  const { email } = await makeCustomer(app)
  const { call } = openDoor(app)
  const signIn = async (way: Way) => {
    const body = { email, password }
    const answer = await call('POST', '/api/portal/auth/login', { body, headers: ways[way] })
    expect(answer.status).toBe(200)
    return answer.headers.getSetCookie()[0]!
  }
  return { call, signIn }
}

/** The attributes of a cookie that decide who gets it. */
const rulesOf = (cookie: string) =>
  cookie
    .split('; ')
    .slice(1)
    .filter((part) => !part.startsWith('Max-Age'))
    .join(' ')

test('the session’s cookie is Secure but over plain HTTP on localhost, and HttpOnly everywhere', async () => {
  await using app = await createTestApp()
  const { signIn } = await open(app)
  const plain = 'Path=/ HttpOnly SameSite=Lax'
  expect(rulesOf(await signIn('localhost'))).toBe(plain)
  expect(rulesOf(await signIn('loopback'))).toBe(plain)
  expect(rulesOf(await signIn('network'))).toBe(`${plain} Secure`)
  expect(rulesOf(await signIn('https'))).toBe(`${plain} Secure`)
  app.config.publicUrl = 'https://api.example.com'
  expect(rulesOf(await signIn('localhost'))).toBe(`${plain} Secure`)
})

test('the operator decides otherwise, and framed by others it is a cookie of its own for each site', async () => {
  await using app = await createTestApp()
  const { signIn } = await open(app)
  await setSetting(app, system, 'session_secure_cookie', false)
  await setSetting(app, system, 'session_same_site', 'strict')
  expect(rulesOf(await signIn('https'))).toBe('Path=/ HttpOnly SameSite=Strict')
  await setSetting(app, system, 'session_same_site', 'none')
  expect(rulesOf(await signIn('network'))).toBe('Path=/ HttpOnly SameSite=None Secure')
  await setSetting(app, system, 'portal_embed_origins', ['https://app.example.com'])
  expect(rulesOf(await signIn('https'))).toBe('Path=/ HttpOnly SameSite=None Secure Partitioned')
})

test('a Secure session is read from a cookie that no neighbouring host can set', async () => {
  await using app = await createTestApp()
  const { call, signIn } = await open(app)
  const session = async (cookie: string, way: Way) =>
    (await call('GET', '/api/portal/auth/session', { headers: { ...ways[way], cookie } })).status
  const secure = (await signIn('https')).split(';')[0]!
  expect(secure).toMatch(/^__Host-apigate\.session_token=/)
  expect(await session(secure, 'https')).toBe(200)
  expect(await session(secure.replace('__Host-', ''), 'https')).toBe(401)
  const plain = (await signIn('localhost')).split(';')[0]!
  expect(plain).toMatch(/^apigate\.session_token=/)
  expect(await session(`other=1; ${plain}`, 'localhost')).toBe(200)
  const out = await call('POST', '/api/portal/auth/logout', {
    headers: { ...ways.https, cookie: secure, origin: 'https://api.example.com' },
  })
  expect(out.headers.getSetCookie()[0]).toMatch(/^__Host-apigate\.session_token=; Max-Age=0/)
  expect(await session(secure, 'https')).toBe(401)
})

test('only the sites named may frame the portal', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  const framing = async () => {
    const { headers } = await call('GET', '/healthz-not')
    const policy = headers.get('content-security-policy') ?? ''
    return [/frame-ancestors ([^;]+)/.exec(policy)?.[1], headers.get('x-frame-options')]
  }
  expect(await framing()).toEqual(["'none'", 'DENY'])
  await setSetting(app, system, 'portal_embed_origins', ['https://app.example.com'])
  expect(await framing()).toEqual(['https://app.example.com', null])
})

test('a page knows when the browser will not keep the session', async () => {
  await using app = await createTestApp()
  const isLost = (headers: Record<string, string>) => isSessionLost(app, new Headers(headers))
  expect(await isLost(ways.network)).toBe(true)
  expect(await isLost(ways.localhost)).toBe(false)
  expect(await isLost(ways.https)).toBe(false)
  // Behind a proxy that nobody named: the browser itself says that it came over HTTPS.
  expect(await isLost({ ...ways.network, 'sec-fetch-site': 'none' })).toBe(false)
  await setSetting(app, system, 'session_secure_cookie', false)
  expect(await isLost(ways.network)).toBe(false)
})
