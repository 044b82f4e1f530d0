import { isOwnCookie } from './request-head.ts'

/** What becomes of a header of the upstream's answer. */
type Kind = 'pass' | 'drop' | 'ours' | 'length' | 'date' | 'cors' | 'cookie'

const kinds: Record<string, Kind> = {
  connection: 'drop',
  'keep-alive': 'drop',
  'proxy-authenticate': 'drop',
  'proxy-connection': 'drop',
  'transfer-encoding': 'drop',
  trailer: 'drop',
  upgrade: 'drop',
  'x-request-id': 'drop',
  ratelimit: 'ours',
  'ratelimit-policy': 'ours',
  'x-ratelimit-limit': 'ours',
  'x-ratelimit-remaining': 'ours',
  'x-ratelimit-reset': 'ours',
  'x-quota-limit': 'ours',
  'x-quota-used': 'ours',
  'x-quota-remaining': 'ours',
  'x-quota-reset': 'ours',
  'set-cookie': 'cookie',
  'access-control-allow-origin': 'cors',
  'access-control-expose-headers': 'cors',
  'content-length': 'length',
  date: 'date',
}

const known = new Map<string, Kind>()

/**
 * True for a header of an upstream's answer that the client gets. Hop-by-hop headers stay here, and
 * so does what only the gateway may say: limits, leave for other origins, the portal's cookies.
 */
export function passesHeader(kind: Kind, value: string, answersOrigin: boolean): boolean {
  if (kind === 'drop' || kind === 'ours') return false
  if (kind === 'cors') return !answersOrigin
  return kind !== 'cookie' || !isOwnCookie(value)
}

export function kindOfHeader(name: string): Kind {
  const found = known.get(name)
  if (found) return found
  const kind = kinds[name.toLowerCase()] ?? 'pass'
  if (known.size < 2000) known.set(name, kind)
  return kind
}
