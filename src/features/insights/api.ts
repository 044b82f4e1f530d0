import { createRoute } from '@hono/zod-openapi'
import { pageOf } from '../../core/http/pagination.ts'
import { json } from '../../core/http/responses.ts'
import { createRouter } from '../../core/http/router.ts'
import { getPortalAnalytics, PortalAnalytics, PortalQuery } from './analytics-portal.ts'
import { AnalyticsQuery, CustomerFigures, listCustomerFigures } from './analytics-users.ts'

export const insightsApi = createRouter()

const tags = ['Analytics']

insightsApi.openapi(
  createRoute({
    method: 'get',
    path: '/admin/analytics/users',
    tags,
    summary: 'Customers by what they did in this billing period',
    request: { query: AnalyticsQuery },
    responses: { 200: json(pageOf(CustomerFigures), 'Customers') },
  }),
  async (c) => c.json(await listCustomerFigures(c.var.app, c.var.actor, c.req.valid('query')), 200),
)

insightsApi.openapi(
  createRoute({
    method: 'get',
    path: '/admin/analytics/portal',
    tags,
    summary: 'How the portal is used',
    request: { query: PortalQuery },
    responses: { 200: json(PortalAnalytics, 'Figures') },
  }),
  async (c) => c.json(await getPortalAnalytics(c.var.app, c.var.actor, c.req.valid('query')), 200),
)
