import { createMiddleware } from 'hono/factory'
import { applyPolicy } from '../../core/http/cookies.ts'
import type { ApiEnv } from '../../core/http/router.ts'
import { cookiePolicyOf } from '../../features/sessions/cookie-policy.ts'

/** Gives every cookie of ours its attributes on its way out, whoever set it. */
export const cookies = createMiddleware<ApiEnv>(async (c, next) => {
  const policy = await cookiePolicyOf(c.var.app, c.req.raw.headers)
  c.set('cookies', policy)
  await next()
  const given = c.res.headers.getSetCookie()
  if (given.length === 0) return
  c.res.headers.delete('set-cookie')
  for (const cookie of given) c.res.headers.append('set-cookie', applyPolicy(cookie, policy))
})
