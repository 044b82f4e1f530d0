import type { IncomingMessage } from 'node:http'

/** What the gateway needs from a request's headers, and the headers that go on to the upstream. */
export type RequestHead = {
  key: string | null
  /** The header that the key came in, as it was: it does not go on to the upstream. */
  keyName: string
  keyText: string
  /** Names and values in turn, without hop-by-hop headers, our own names, and the key. */
  headers: string[]
  /** With our own portal's cookies, which are for the front door alone. */
  cookie: string | null
  /** Empty when there is none. */
  host: string
  /** Two of them could mean one thing to us and another to a server behind. */
  hasSeveralHosts: boolean
  origin: string | null
  forwardedFor: string | null
  contentLength: number | null
  hasBody: boolean
  isUpgrade: boolean
  /** Protocol names of `Connection`, for upgrades. */
  upgrade: string | null
}

const pass = 0
const drop = 1
const apiKey = 2
const authorization = 3
const host = 4
const origin = 5
const forwardedFor = 6
const contentLength = 7
const transferEncoding = 8
const connection = 9
const upgrade = 10
const cookie = 11

const actions: Record<string, number> = {
  'x-api-key': apiKey,
  authorization,
  host,
  origin,
  'x-forwarded-for': forwardedFor,
  forwarded: drop,
  'content-length': contentLength,
  'transfer-encoding': transferEncoding,
  connection,
  upgrade,
  cookie,
  'keep-alive': drop,
  'proxy-connection': drop,
  'proxy-authorization': drop,
  te: drop,
  trailer: drop,
  expect: drop,
}

/**
 * Names that tell the upstream who calls and from where: a client's own copies must never reach it,
 * nor those with `_`, which many servers take for the same.
 */
const ownNames =
  /^x[-_]((user|org|plan|key)[-_](id|environment|meta([-_].*)?)|forwarded([-_].*)?|real[-_]ip|request[-_]id|apigate[-_].*)$/

/** Spellings seen before, so that names are put in lower case once. Bounded: clients choose them. */
const known = new Map<string, number>()

function actionOf(name: string): number {
  const found = known.get(name)
  if (found !== undefined) return found
  const lower = name.toLowerCase()
  const action = actions[lower] ?? (ownNames.test(lower) ? drop : pass)
  if (known.size < 2000) known.set(name, action)
  return action
}

/**
 * Reads the headers once. The key comes as `X-API-Key`, or else as bearer token; when it comes as
 * `X-API-Key`, the client's own `Authorization` goes on to the upstream.
 */
export function readHead(request: IncomingMessage): RequestHead {
  const raw = request.rawHeaders
  const head: RequestHead = {
    key: null,
    keyName: '',
    keyText: '',
    headers: [],
    cookie: null,
    host: '',
    hasSeveralHosts: false,
    origin: null,
    forwardedFor: null,
    contentLength: null,
    hasBody: false,
    isUpgrade: false,
    upgrade: null,
  }
  let credentials: [string, string] | null = null
  let named: string[] | null = null
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!
    const value = raw[i + 1]!
    switch (actionOf(name)) {
      case pass:
        head.headers.push(name, value)
        break
      case apiKey:
        head.key = value
        head.keyName = name
        head.keyText = value
        break
      case authorization:
        credentials = [name, value]
        break
      case host:
        head.hasSeveralHosts ||= head.host !== ''
        head.host = value
        break
      case origin:
        head.origin = value
        head.headers.push(name, value)
        break
      case cookie:
        head.cookie = head.cookie === null ? value : `${head.cookie}; ${value}`
        break
      case forwardedFor:
        head.forwardedFor = head.forwardedFor === null ? value : `${head.forwardedFor}, ${value}`
        break
      case contentLength:
        head.contentLength = Number(value)
        head.hasBody = head.contentLength > 0
        if (head.contentLength > 0 || request.method === 'POST' || request.method === 'PUT')
          head.headers.push(name, value)
        break
      case transferEncoding:
        head.hasBody = true
        break
      case connection:
        named = namesOf(value)
        break
      case upgrade:
        head.upgrade = value
        break
    }
  }
  if (named) {
    head.isUpgrade = head.upgrade !== null && named.includes('upgrade')
    dropNamed(head.headers, named)
  }
  if (credentials) {
    const bearer = head.key === null ? bearerOf(credentials[1]) : null
    if (bearer === null) head.headers.push(...credentials)
    else {
      head.key = bearer
      head.keyName = credentials[0]
      head.keyText = credentials[1]
    }
  }
  return head
}

function bearerOf(value: string): string | null {
  return value.length > 7 && value.slice(0, 7).toLowerCase() === 'bearer '
    ? value.slice(7).trim()
    : null
}

/** Header names that `Connection` lists, beside its own two words; null for the usual `keep-alive`. */
function namesOf(value: string): string[] | null {
  const lower = value.toLowerCase()
  if (lower === 'keep-alive' || lower === 'close') return null
  return lower.split(',').map((name) => name.trim())
}

function dropNamed(headers: string[], named: string[]): void {
  for (let i = headers.length - 2; i >= 0; i -= 2) {
    if (named.includes(headers[i]!.toLowerCase())) headers.splice(i, 2)
  }
}

/** The cookies without those of the portal, which may be served under the same host name; or null. */
export function foreignCookies(cookies: string): string | null {
  if (!isOwnCookie(cookies)) return cookies
  const foreign = cookies.split(';').filter((pair) => !isOwnCookie(pair))
  return foreign.length === 0 ? null : foreign.join(';').trim()
}

/** True where a cookie's name begins as the portal's do. */
export function isOwnCookie(text: string): boolean {
  return /(^|[\s;,])(__Secure-|__Host-)?apigate[._]/.test(text)
}

/** Host name without its port, in lower case. */
export function hostName(value: string): string {
  const end = value.startsWith('[') ? value.indexOf(']') + 1 : value.indexOf(':')
  return (end > 0 ? value.slice(0, end) : value).toLowerCase()
}
