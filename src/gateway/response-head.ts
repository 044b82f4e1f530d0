/** What becomes of a header of the upstream's answer. */
type Kind = 'pass' | 'drop' | 'length' | 'date' | 'cors'

const kinds: Record<string, Kind> = {
  connection: 'drop',
  'keep-alive': 'drop',
  'proxy-authenticate': 'drop',
  'proxy-connection': 'drop',
  'transfer-encoding': 'drop',
  trailer: 'drop',
  upgrade: 'drop',
  'x-request-id': 'drop',
  ratelimit: 'drop',
  'ratelimit-policy': 'drop',
  'x-ratelimit-limit': 'drop',
  'x-ratelimit-remaining': 'drop',
  'x-ratelimit-reset': 'drop',
  'x-quota-limit': 'drop',
  'x-quota-used': 'drop',
  'x-quota-remaining': 'drop',
  'x-quota-reset': 'drop',
  'access-control-allow-origin': 'cors',
  'access-control-expose-headers': 'cors',
  'content-length': 'length',
  date: 'date',
}

const known = new Map<string, Kind>()

/** Hop-by-hop headers and those that only the gateway may set are dropped. */
export function kindOfHeader(name: string): Kind {
  const found = known.get(name)
  if (found) return found
  const kind = kinds[name.toLowerCase()] ?? 'pass'
  if (known.size < 2000) known.set(name, kind)
  return kind
}
