import { createRoute } from '@hono/zod-openapi'
import { download, ExportFormat, exported } from '../../core/http/download.ts'
import { IdParam, json } from '../../core/http/responses.ts'
import { createRouter, zoneOf } from '../../core/http/router.ts'
import { exportMeters, meterColumns } from './export-meters.ts'
import { exportColumns, exportUsage } from './export-usage.ts'
import { getUsageStats } from './meters.ts'
import { getKeyStats, getUsage, getUsageOfAll } from './usage.ts'
import { AdminUsageQuery, MeterQuery, UsageQuery } from './usage-input.ts'
import { AdminUsageJson, KeyStatsJson, UsageJson, UsageStatsJson } from './usage-json.ts'
import { getUserStats, UserStatsJson } from './user-stats.ts'

export const usageApi = createRouter()

const tags = ['Usage']

for (const path of ['/api/portal/usage', '/api/dev/usage']) {
  usageApi.openapi(
    createRoute({
      method: 'get',
      path,
      tags,
      summary: 'Your usage over a range',
      description:
        'Ends of the range are moved outwards to whole minutes or, before the last three days, to whole hours.',
      request: { query: UsageQuery },
      responses: { 200: json(UsageJson, 'Usage') },
    }),
    async (c) =>
      c.json(await getUsage(c.var.app, c.var.actor, c.req.valid('query'), zoneOf(c)), 200),
  )
}

usageApi.openapi(
  createRoute({
    method: 'get',
    path: '/api/v1/customer/usage-stats',
    tags,
    summary: 'Your meters in this billing period',
    responses: { 200: json(UsageStatsJson, 'Each meter by its key') },
  }),
  async (c) => c.json(await getUsageStats(c.var.app, c.var.actor), 200),
)

for (const path of ['/api/portal/keys/{id}/stats', '/api/dev/api-keys/{id}/stats']) {
  usageApi.openapi(
    createRoute({
      method: 'get',
      path,
      tags,
      summary: 'Usage of one key, the last 30 days by day',
      request: { params: IdParam },
      responses: { 200: json(KeyStatsJson, 'Usage of the key') },
    }),
    async (c) => {
      const { id } = c.req.valid('param')
      return c.json(await getKeyStats(c.var.app, c.var.actor, id, zoneOf(c)), 200)
    },
  )
}

usageApi.openapi(
  createRoute({
    method: 'get',
    path: '/api/portal/usage/export',
    tags,
    summary: 'Usage by interval, key and endpoint as a file',
    request: { query: UsageQuery.extend(ExportFormat.shape) },
    responses: { 200: exported },
  }),
  (c) => {
    const { format, ...query } = c.req.valid('query')
    const rows = exportUsage(c.var.app, c.var.actor, query, zoneOf(c))
    return download(c, 'usage', format, exportColumns, rows)
  },
)

usageApi.openapi(
  createRoute({
    method: 'get',
    path: '/api/portal/usage/meters/export',
    tags,
    summary: 'What events reported, by interval and meter, as a file',
    request: { query: MeterQuery.extend(ExportFormat.shape) },
    responses: { 200: exported },
  }),
  (c) => {
    const { format, ...query } = c.req.valid('query')
    const rows = exportMeters(c.var.app, c.var.actor, query, zoneOf(c))
    return download(c, 'meters', format, meterColumns, rows)
  },
)

usageApi.openapi(
  createRoute({
    method: 'get',
    path: '/admin/usage',
    tags,
    summary: 'Usage of everybody, or of one user, with the busiest organizations',
    request: { query: AdminUsageQuery },
    responses: { 200: json(AdminUsageJson, 'Usage') },
  }),
  async (c) =>
    c.json(await getUsageOfAll(c.var.app, c.var.actor, c.req.valid('query'), zoneOf(c)), 200),
)

usageApi.openapi(
  createRoute({
    method: 'get',
    path: '/admin/users/{id}/stats',
    tags,
    summary: 'What one user does: requests against the quota, keys, the last sign of life',
    request: { params: IdParam },
    responses: { 200: json(UserStatsJson, 'Figures') },
  }),
  async (c) => c.json(await getUserStats(c.var.app, c.var.actor, c.req.valid('param').id), 200),
)
