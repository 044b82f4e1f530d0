import { redirect } from 'react-router'
import type { Role } from '../../../core/actor.ts'
import type { App } from '../../../core/app.ts'
import { keepChallenge } from '../challenge-cookie.ts'

/**
 * Where a signed-in person goes: on to the page that they came for, if it is one of ours, else home.
 * The browser loads it anew, as the session's cookie changes every page. `next` is a path without
 * the portal's base, or one under `/admin`; anything that could lead off this site is ignored.
 */
export function afterSignIn(
  next: string | null,
  role: Role,
  host: string,
  cookies: string[] = [],
): Response {
  const headers = new Headers({ 'X-Remix-Reload-Document': 'true' })
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  const isOurs = next !== null && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(next)
  const target = isOurs ? next : role === 'admin' ? '/admin' : '/'
  const isAdmin = target === '/admin' || target.startsWith('/admin/')
  // The admin's pages are outside the portal's base, which the router would put before the path.
  return redirect(isAdmin ? `//${host}${target}` : target, { headers })
}

/** To the page that asks for the code, which leads on to `next`. */
export async function toSecondFactor(
  app: App,
  challenge: string,
  next: string | null,
): Promise<Response> {
  const query = next === null ? '' : `?next=${encodeURIComponent(next)}`
  const headers = { 'set-cookie': await keepChallenge(app, challenge) }
  return redirect(`/login/two-factor${query}`, { headers })
}
