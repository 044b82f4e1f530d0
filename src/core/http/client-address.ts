import ipaddr from 'ipaddr.js'

/** What a limit counts an address by: IPv4 as it is, IPv6 by its /64, in one spelling each. */
export function addressFamilyKey(ip: string | null): string {
  if (!ip || !ipaddr.isValid(ip)) return 'unknown'
  const address = ipaddr.process(ip)
  if (address.kind() === 'ipv4') return address.toString()
  const parts = (address as ipaddr.IPv6).parts.slice(0, 4)
  return `${parts.map((part) => part.toString(16)).join(':')}::/64`
}
