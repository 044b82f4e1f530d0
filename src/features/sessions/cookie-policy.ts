import type { App } from '../../core/app.ts'
import { type CookiePolicy, reachedAt, readCookie, sessionCookie } from '../../core/http/cookies.ts'
import { getSettings, type Settings } from '../settings/settings.ts'

const sameSites = { lax: 'Lax', strict: 'Strict', none: 'None' } as const

/**
 * How cookies go to the browser that sent these headers. Where other sites may frame the portal
 * they are `SameSite=None; Secure; Partitioned`; else as the settings say, with `Secure` by default
 * except over plain HTTP on localhost.
 */
export async function cookiePolicyOf(app: App, headers: Headers): Promise<CookiePolicy> {
  const settings = await getSettings(app)
  if (settings.portal_embed_origins.length > 0)
    return { isSecure: true, session: 'None', others: 'None', isPartitioned: true }
  const session = sameSites[settings.session_same_site]
  return {
    // Browsers refuse `SameSite=None` without `Secure`.
    isSecure: session === 'None' || isSecure(app, settings, headers),
    session,
    others: session === 'None' ? 'None' : 'Lax',
    isPartitioned: false,
  }
}

function isSecure(app: App, settings: Settings, headers: Headers): boolean {
  if (settings.session_secure_cookie !== 'auto') return settings.session_secure_cookie
  const { scheme, host } = reachedAt(headers)
  const { protocol, hostname } = new URL(app.config.publicUrl)
  if (protocol === 'https:' || scheme === 'https') return true
  return !isLocalhost(host === null ? hostname : host.replace(/:\d+$/, ''))
}

const isLocalhost = (host: string) =>
  /^(([\w-]+\.)*localhost|127(\.\d+){3}|\[::1\])$/.test(host.toLowerCase())

/**
 * True where a browser will not keep the session: its cookie is Secure and the page came over plain
 * HTTP. Browsers tell where a request comes from on trustworthy addresses alone.
 */
export async function isSessionLost(app: App, headers: Headers): Promise<boolean> {
  const { isSecure } = await cookiePolicyOf(app, headers)
  const { scheme, host } = reachedAt(headers)
  const isPlain = scheme === 'http' && !app.config.publicUrl.startsWith('https:')
  return isSecure && isPlain && host !== null && !headers.has('sec-fetch-site')
}

/** True where the browser holds back a strict session's cookie, as another site led here. */
export async function isHeldBack(app: App, headers: Headers): Promise<boolean> {
  const { session } = await cookiePolicyOf(app, headers)
  return session === 'Strict' && headers.get('sec-fetch-site') === 'cross-site'
}

/** What the sign-in library reads of a request: a bearer token, or else the session's cookie alone. */
export async function sessionHeaders(app: App, headers: Headers): Promise<Headers> {
  const authorization = headers.get('authorization')
  // A token that opens nothing must not let a cookie open it, as if no other site could have sent that.
  if (authorization && /^Bearer\s/i.test(authorization)) return new Headers({ authorization })
  const value = readCookie(headers, sessionCookie, await cookiePolicyOf(app, headers))
  return new Headers(value === undefined ? {} : { cookie: `${sessionCookie}=${value}` })
}
