/**
 * An address without what may open something: its host, and the end by which its owner knows it
 * again.
 */
export function maskAddress(address: string): string {
  const { origin, pathname, search } = new URL(address)
  const rest = pathname + search
  if (rest === '/') return origin
  return `${origin}/…${rest.length > 12 ? rest.slice(-4) : ''}`
}
