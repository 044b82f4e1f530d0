import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'
import type { Actor } from '../../core/actor.ts'
import { AppError } from '../../core/errors.ts'
import { addressFamilyKey } from '../../core/http/client-address.ts'
import type { ApiEnv } from '../../core/http/router.ts'
import { isPage, isPageWrite } from '../is-page.ts'

/** Calls a minute: of a signed-in person whatever the session, of the operator's programs, of an address. */
const allowed = { user: 600, admin_token: 6000, service_key: 6000, anonymous: 120 } as const
const windowSeconds = 60

const createLimiters = () => ({
  user: limiterOf('user'),
  admin_token: limiterOf('admin_token'),
  service_key: limiterOf('service_key'),
  anonymous: limiterOf('anonymous'),
})

const limiterOf = (kind: keyof typeof allowed) =>
  new RateLimiterMemory({ keyPrefix: kind, points: allowed[kind], duration: windowSeconds })

/** Says on every answer of a limited call how much is left (draft-ietf-httpapi-ratelimit-headers). */
export const rateLimitHeaders = createMiddleware<ApiEnv>(async (c, next) => {
  await next()
  if (!c.var.rate) return
  const { quota, remaining, resetSeconds } = c.var.rate
  c.res.headers.set('ratelimit-policy', `"caller";q=${quota};w=${windowSeconds}`)
  c.res.headers.set('ratelimit', `"caller";r=${remaining};t=${resetSeconds}`)
})

/**
 * Counts every call of an API and every write of a page, by who calls or, where nobody is signed in,
 * by address. Reading pages is free, and so are health and assets, which come before.
 */
export const rateLimit = createMiddleware<ApiEnv>(async (c, next) => {
  if (isCounted(c)) await count(c)
  await next()
})

function isCounted(c: Context<ApiEnv>): boolean {
  if (c.req.path === '/metrics') return false
  return !isPage(c) || isPageWrite(c)
}

async function count(c: Context<ApiEnv>): Promise<void> {
  const { kind, key } = callerOf(c.var.actor, c.var.ip)
  const limiter = c.var.app.once(createLimiters)[kind]
  const state = await limiter.consume(key).catch((refused: RateLimiterRes) => refused)
  const resetSeconds = Math.max(1, Math.ceil(state.msBeforeNext / 1000))
  c.set('rate', { quota: allowed[kind], remaining: state.remainingPoints, resetSeconds })
  if (state.consumedPoints <= allowed[kind]) return
  throw new AppError(
    'rate_limited',
    'too_many_requests',
    'Too many requests. Try again in {{seconds}} seconds.',
    { retryAfter: resetSeconds, params: { seconds: resetSeconds } },
  )
}

function callerOf(actor: Actor, ip: string | null): { kind: keyof typeof allowed; key: string } {
  if (actor.type === 'user') return { kind: 'user', key: actor.userId }
  if (actor.type === 'admin_token') return { kind: 'admin_token', key: 'operator' }
  if (actor.type === 'service_key') return { kind: 'service_key', key: actor.keyId }
  return { kind: 'anonymous', key: addressFamilyKey(ip) }
}
