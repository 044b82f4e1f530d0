import { createRoute, z } from '@hono/zod-openapi'
import { downloadJson } from '../../core/http/download.ts'
import { json } from '../../core/http/responses.ts'
import { createRouter, zoneOf } from '../../core/http/router.ts'
import { exportPerson } from './export-person.ts'
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

homeApi.openapi(
  createRoute({
    method: 'get',
    path: '/api/portal/profile/export',
    tags: ['Accounts'],
    summary: 'Everything that is held about you and your organizations, as one file',
    responses: { 200: json(z.looseObject({}), 'Your data, as far as your roles reach') },
  }),
  async (c) => downloadJson(c, 'your-data', await exportPerson(c.var.app, c.var.actor, zoneOf(c))),
)
