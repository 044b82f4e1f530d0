import { createMiddleware } from 'hono/factory'
import { clientAddress } from '../../core/http/client-address.ts'
import type { ApiEnv } from '../../core/http/router.ts'
import { resolveActor } from '../../features/sessions/resolve-actor.ts'
import { getSettings } from '../../features/settings/settings.ts'

/**
 * Finds out who calls, from where, and in which language. The gateway in front of this server
 * adds the peer's address at the right of `X-Forwarded-For`.
 */
export const actor = createMiddleware<ApiEnv>(async (c, next) => {
  const { app } = c.var
  const settings = await getSettings(app)
  const hops = c.req.header('x-forwarded-for')?.split(',') ?? []
  const peer = hops.pop()?.trim() ?? null
  const ip = clientAddress(peer, hops.join(',') || null, settings.trusted_proxies)
  c.set('ip', ip)
  c.set('basePath', settings.portal_base_path)
  const origin = { ip, requestId: c.var.requestId }
  const isOperatorSide = /^\/admin(\/|\.data$|$)/.test(c.req.path)
  const found = await resolveActor(app, c.req.raw.headers, origin, { isOperatorSide })
  c.set('actor', found.actor)
  c.set('caller', found)
  await next()
  // Signing in and out say themselves what becomes of the cookie.
  if (c.res.headers.getSetCookie().some((cookie) => cookie.includes('session_token='))) return
  for (const cookie of found.cookies) c.res.headers.append('set-cookie', cookie)
})
