import { createMiddleware } from 'hono/factory'
import type { ApiEnv } from '../../core/http/router.ts'
import { newId } from '../../core/ids.ts'

/** The request id that the gateway gave, or one of our own when called without it. */
export const requestId = createMiddleware<ApiEnv>(async (c, next) => {
  const given = c.req.header('x-request-id')
  const id = given && /^req_[0-9a-z]{26}$/.test(given) ? given : newId('req')
  c.set('requestId', id)
  await next()
  c.res.headers.set('x-request-id', id)
})
