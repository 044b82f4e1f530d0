import { redirect } from 'react-router'
import type { Role } from '../../../core/actor.ts'

/**
 * Where a signed-in person goes: on to the page that they came for, if it is one of ours, else home.
 * The browser loads it anew, as the session's cookie and language change every page. `next` is a
 * path without the portal's base; anything that could lead off this site is ignored.
 */
export function afterSignIn(
  next: string | null,
  role: Role,
  basePath: string,
  cookies: string[] = [],
): Response {
  const headers = new Headers({ 'X-Remix-Reload-Document': 'true' })
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  const isOurs = next !== null && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(next)
  const target = isOurs ? next : role === 'admin' ? '/admin' : '/'
  const isAdmin = target === '/admin' || target.startsWith('/admin/')
  const isFull = isAdmin || target === basePath || target.startsWith(`${basePath}/`)
  if (!isFull) return redirect(target, { headers })
  // A full address is not put under the portal's base by the router.
  headers.set('location', target)
  return new Response(null, { status: 302, headers })
}
