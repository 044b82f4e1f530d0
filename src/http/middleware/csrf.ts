import { randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import { setCookie } from 'hono/cookie'
import { createMiddleware } from 'hono/factory'
import { AppError } from '../../core/errors.ts'
import { readCookie } from '../../core/http/cookies.ts'
import { ownOrigins } from '../../core/http/own-origins.ts'
import type { ApiEnv } from '../../core/http/router.ts'
import { isSame, sign } from '../../core/secret.ts'

const cookieName = 'apigate_csrf'
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])
/** Called by mail programs, from their own sites too: the token in the address opens it, and no cookie does. */
const byToken = '/auth/unsubscribe'

/**
 * Refuses writes that another site's page may have sent. A foreign `Origin` is always refused.
 * A form of ours carries the hidden `_csrf`; JSON with a session cookie carries `X-CSRF-Token` or
 * comes with our own `Origin`. Calls with a bearer token cannot be forged and need neither.
 */
export const csrf = createMiddleware<ApiEnv>(async (c, next) => {
  if (!safeMethods.has(c.req.method) && c.req.path !== byToken) await assertOwn(c)
  await next()
})

async function assertOwn(c: Context<ApiEnv>): Promise<void> {
  if (c.var.actor.type === 'admin_token' || c.var.actor.type === 'service_key') return
  if (c.var.actor.type === 'user' && !c.var.caller.isByCookie) return
  const origin = c.req.header('origin')
  const isOwnOrigin =
    origin !== undefined && ownOrigins(c.var.app.config.publicUrl, c.req.raw.headers).has(origin)
  if (origin !== undefined && !isOwnOrigin) throw refused()
  const type = c.req.header('content-type') ?? ''
  if (/^(application\/x-www-form-urlencoded|multipart\/form-data)/i.test(type)) {
    const form = await c.req.raw.clone().formData()
    if (!isToken(c, form.get('_csrf') ?? c.req.header('x-csrf-token'))) throw refused()
    assertSameOrganization(c, form.get('_organization'))
    return
  }
  if (c.var.caller.isByCookie && !isOwnOrigin && !isToken(c, c.req.header('x-csrf-token')))
    throw refused()
}

/**
 * Refuses a form of a page that was made for another organization than the session works in now, as
 * after changing in another tab: a key must not be made in the wrong one.
 */
function assertSameOrganization(c: Context<ApiEnv>, meant: unknown): void {
  const { actor } = c.var
  if (meant === null || actor.type !== 'user' || meant === actor.organizationId) return
  throw new AppError(
    'conflict',
    'organization_changed',
    'You have changed to another organization in the meantime. Nothing was done.',
  )
}

/** The token for this browser's forms; gives the browser the cookie that it belongs to. */
export function csrfToken(c: Context<ApiEnv>): string {
  let seed = seedOf(c)
  if (!seed || !/^[\w-]{22}$/.test(seed)) {
    seed = randomBytes(16).toString('base64url')
    setCookie(c, cookieName, seed)
  }
  return tokenOf(c, seed)
}

const seedOf = (c: Context<ApiEnv>) => readCookie(c.req.raw.headers, cookieName, c.var.cookies)

function tokenOf(c: Context<ApiEnv>, seed: string): string {
  const { actor } = c.var
  // The user too: a form of whom an administrator acted as is not theirs once they have stopped.
  const session = actor.type === 'user' ? `${actor.sessionId} ${actor.userId}` : ''
  return sign(c.var.app.secret, 'csrf', `${seed} ${session}`)
}

function isToken(c: Context<ApiEnv>, given: unknown): boolean {
  const seed = seedOf(c)
  return typeof given === 'string' && seed !== undefined && isSame(given, tokenOf(c, seed))
}

function refused(): AppError {
  return new AppError(
    'forbidden',
    'csrf_failed',
    'This form has grown old, or did not come from this site. Reload the page and try again.',
  )
}
