import { createRoute } from '@hono/zod-openapi'
import { json } from '../../core/http/responses.ts'
import { createRouter, zoneOf } from '../../core/http/router.ts'
import { getOverview, OverviewJson } from './overview.ts'

export const homeApi = createRouter()

const tags = ['Usage']

homeApi.openapi(
  createRoute({
    method: 'get',
    path: '/api/dev/overview',
    tags,
    summary: 'The month against the quota, the last 30 days, the last ten requests',
    responses: { 200: json(OverviewJson, 'Overview') },
  }),
  async (c) => c.json(await getOverview(c.var.app, c.var.actor, zoneOf(c)), 200),
)
