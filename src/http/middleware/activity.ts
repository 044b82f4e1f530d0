import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { ApiEnv } from '../../core/http/router.ts'
import { countDocsView, noteActivity } from '../../features/insights/activity.ts'
import { isPage } from '../is-page.ts'

/**
 * Counts who comes to the portal and what is looked at there, for the operator's analytics. What was
 * asked for is done by then: where it cannot be counted, the answer goes out all the same.
 */
export const activity = createMiddleware<ApiEnv>(async (c, next) => {
  await next()
  if (c.res.status >= 400) return
  const { app, requestId } = c.var
  await count(c).catch((error: unknown) =>
    app.log.error({ err: error, requestId }, 'activity was not counted'),
  )
})

async function count(c: Context<ApiEnv>): Promise<void> {
  const { app, actor, basePath } = c.var
  await noteActivity(app, actor)
  const isDocs = c.req.path.startsWith(`${basePath}/docs`)
  if (isDocs && c.req.method === 'GET' && isPage(c)) await countDocsView(app)
}
