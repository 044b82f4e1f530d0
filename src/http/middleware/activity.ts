import { createMiddleware } from 'hono/factory'
import type { ApiEnv } from '../../core/http/router.ts'
import { countDocsView, noteActivity } from '../../features/insights/activity.ts'
import { isPage } from '../is-page.ts'

/** Counts who comes to the portal and what is looked at there, for the operator's analytics. */
export const activity = createMiddleware<ApiEnv>(async (c, next) => {
  await next()
  if (c.res.status >= 400) return
  await noteActivity(c.var.app, c.var.actor)
  const isDocs = c.req.path.startsWith(`${c.var.basePath}/docs`)
  if (isDocs && c.req.method === 'GET' && isPage(c)) await countDocsView(c.var.app)
})
