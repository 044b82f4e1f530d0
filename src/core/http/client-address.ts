import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** An address in one spelling, IPv4 in IPv6 unwrapped; undefined for anything else. */
export function canonicalAddress(text: string): string | undefined {
  return ipaddr.isValid(text) ? ipaddr.process(text).toString() : undefined
}

/** True when `text` is one of the addresses or lies in one of the ranges (CIDR). */
export function isInRanges(text: string, ranges: string[]): boolean {
  if (!ipaddr.isValid(text)) return false
  const address = ipaddr.process(text)
  return ranges.some((range) => isInRange(address, range))
}

function isInRange(address: Address, range: string): boolean {
  const [base, bits] = range.includes('/')
    ? ipaddr.parseCIDR(range)
    : [ipaddr.process(range), undefined]
  if (base.kind() !== address.kind()) return false
  const whole = base.kind() === 'ipv4' ? 32 : 128
  return address.match(base, bits ?? whole)
}

/**
 * The caller's address: the peer's own, or, while that is a trusted proxy, the next one from the
 * right of `X-Forwarded-For`. A malformed entry ends the walk.
 */
export function clientAddress(
  peer: string | null,
  forwardedFor: string | null,
  trustedProxies: string[],
): string | null {
  const hops = forwardedFor?.split(',').map((hop) => hop.trim()) ?? []
  let address = peer && (canonicalAddress(peer) ?? null)
  while (address && hops.length > 0 && isInRanges(address, trustedProxies)) {
    const next = canonicalAddress(hops.pop()!)
    if (!next) break
    address = next
  }
  return address
}

/** What a limit counts an address by: IPv4 as it is, IPv6 by its /64, in one spelling each. */
export function addressFamilyKey(ip: string | null): string {
  if (!ip || !ipaddr.isValid(ip)) return 'unknown'
  const address = ipaddr.process(ip)
  if (address.kind() === 'ipv4') return address.toString()
  const parts = (address as ipaddr.IPv6).parts.slice(0, 4)
  return `${parts.map((part) => part.toString(16)).join(':')}::/64`
}
