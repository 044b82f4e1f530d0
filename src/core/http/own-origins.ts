import { reachedAt } from './cookies.ts'

/** The origins of our own pages: the configured one, and the host that the browser asked for. */
export function ownOrigins(publicUrl: string, headers: Headers): Set<string> {
  const { scheme, host } = reachedAt(headers)
  return new Set([new URL(publicUrl).origin, `${scheme}://${host}`])
}
