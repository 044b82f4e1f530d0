export type SameSite = 'Lax' | 'Strict' | 'None'

/** How our cookies go to one browser. */
export type CookiePolicy = {
  isSecure: boolean
  /** Of the session's cookie. */
  session: SameSite
  /** Of every other one: they must come along when somebody returns from another site. */
  others: SameSite
  /** The browser keeps them apart for each site that frames us. */
  isPartitioned: boolean
}

/** The session's cookie, without the prefix that it has where it is Secure. */
export const sessionCookie = 'apigate.session_token'

const isOurs = /^apigate[._]/
/** What a neighbour under the same domain must not be able to plant. */
const isGuarded = /^apigate(\.session_token|_csrf|_challenge|_sso_)/

/** A browser takes a cookie of this name only from this very host, over HTTPS (RFC 6265bis, section 4.1.3). */
function nameOf(name: string, policy: CookiePolicy): string {
  return policy.isSecure && isGuarded.test(name) ? `__Host-${name}` : name
}

/** A `Set-Cookie` value of ours as the policy has it; another's stays as it is. */
export function applyPolicy(setCookie: string, policy: CookiePolicy): string {
  const [pair = '', ...attributes] = setCookie.split(/;\s*/)
  const name = pair.slice(0, pair.indexOf('='))
  if (!isOurs.test(name)) return setCookie
  const lifetime = attributes.filter((attribute) => /^(max-age|expires)=/i.test(attribute))
  const sameSite = name === sessionCookie ? policy.session : policy.others
  return [
    nameOf(name, policy) + pair.slice(name.length),
    ...lifetime,
    'Path=/',
    'HttpOnly',
    `SameSite=${sameSite}`,
    ...(policy.isSecure ? ['Secure'] : []),
    ...(policy.isPartitioned ? ['Partitioned'] : []),
  ].join('; ')
}

/** The value of one of our cookies as a browser sent it, still encoded. */
export function readCookie(
  headers: Headers,
  name: string,
  policy: CookiePolicy,
): string | undefined {
  const start = `${nameOf(name, policy)}=`
  const pairs = (headers.get('cookie') ?? '').split(';').map((pair) => pair.trim())
  return pairs.find((pair) => pair.startsWith(start))?.slice(start.length)
}

/** How the browser reached us; the gateway in front says so, and lets nobody else say it. */
export function reachedAt(headers: Headers): { scheme: 'http' | 'https'; host: string | null } {
  const scheme = headers.get('x-forwarded-proto') === 'https' ? 'https' : 'http'
  return { scheme, host: headers.get('x-forwarded-host') ?? headers.get('host') }
}
