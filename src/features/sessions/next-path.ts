import type { Role } from '../../core/actor.ts'
import type { ApiEnv } from '../../core/http/router.ts'

/**
 * `next` where it is a page of ours, else null: a path without the portal's base, or one under
 * `/admin`. Nothing that could lead off this site passes.
 */
export function ownPath(next: string | null | undefined): string | null {
  return next && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(next) ? next : null
}

export const homeOf = (role: Role): string => (role === 'customer' ? '/' : '/admin')

export const isAdminPath = (path: string): boolean => /^\/admin(?=[/?#]|$)/.test(path)

/** Where a page of ours is on this server. */
export function addressOf(path: string, basePath: string): string {
  return isAdminPath(path) ? path : basePath + path
}

/** The page that asks for the code, and leads on to `next`. */
export const secondStepPath = (next: string | null): string =>
  `/login/two-factor${next === null ? '' : `?next=${encodeURIComponent(next)}`}`

/** The page that goes on to another one from our own site, so that `SameSite=Strict` cookies come along. */
export const bouncePath = (path: string): string => `/continue?next=${encodeURIComponent(path)}`

/** Where a link from outside leads: to a page of ours, by way of the bounce where cookies are strict. */
export function arrivalAt(
  path: string,
  { cookies, basePath }: Pick<ApiEnv['Variables'], 'cookies' | 'basePath'>,
): string {
  return addressOf(cookies.session === 'Strict' ? bouncePath(path) : path, basePath)
}
