import { redirect } from 'react-router'
import type { Role } from '../../../core/actor.ts'
import { keepChallenge } from '../challenge-cookie.ts'
import { homeOf, isAdminPath, ownPath, secondStepPath } from '../next-path.ts'

/**
 * Where a signed-in person goes: on to the page that they came for, if it is one of ours, else home.
 * The browser loads it anew, as the session's cookie changes every page.
 */
export function afterSignIn(
  next: string | null,
  role: Role,
  host: string,
  cookies: string[] = [],
): Response {
  const headers = new Headers({ 'X-Remix-Reload-Document': 'true' })
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  const target = ownPath(next) ?? homeOf(role)
  // The admin's pages are outside the portal's base, which the router would put before the path.
  return redirect(isAdminPath(target) ? `//${host}${target}` : target, { headers })
}

/** To the page that asks for the code, which leads on to `next`. */
export function toSecondFactor(challenge: string, next: string | null): Response {
  return redirect(secondStepPath(next), { headers: { 'set-cookie': keepChallenge(challenge) } })
}
