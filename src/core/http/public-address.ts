import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Public by its number, but answered by the host's own network: metadata at Azure. */
const answeredInside = ['168.63.129.16']

const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * True for an IP address that anybody on the internet could call. False for private, loopback,
 * link-local, shared, multicast, documentation and metadata addresses, for IPv6 that leads to IPv4
 * (mapped, NAT64, 6to4, Teredo), for addresses with a zone, and for what is no address.
 */
export function isPublicAddress(text: string): boolean {
  if (isIP(text) === 0 || answeredInside.includes(text)) return false
  const address = ipaddr.parse(text)
  if (address.range() !== 'unicast') return false
  if (address.kind() === 'ipv4') return true
  // Whatever is not handed out yet, and IPv4 in the form of ::127.0.0.1, lies outside.
  const { zoneId } = address as ipaddr.IPv6
  return !zoneId && (address as ipaddr.IPv6).match(globalUnicast)
}
