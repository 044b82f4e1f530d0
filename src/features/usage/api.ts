import { Readable } from 'node:stream'
import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { csvOf, jsonOf } from '../../core/csv.ts'
import { pageOf } from '../../core/http/pagination.ts'
import { IdParam, json } from '../../core/http/responses.ts'
import { type ApiEnv, createRouter } from '../../core/http/router.ts'
import { exportColumns, exportUsage } from './export-usage.ts'
import { LogDetailJson, LogJson } from './log-json.ts'
import { exportLogs, getLog, listLogs, listLogsOfAll } from './logs.ts'
import { getUsageStats } from './meters.ts'
import { getOverview, OverviewJson } from './overview.ts'
import { getKeyStats, getUsage, getUsageOfAll } from './usage.ts'
import {
  AdminUsageQuery,
  Format,
  ListAllLogs,
  ListLogs,
  LogFilter,
  UsageQuery,
} from './usage-input.ts'
import { AdminUsageJson, KeyStatsJson, UsageJson, UsageStatsJson } from './usage-json.ts'

export const usageApi = createRouter()

const tags = ['Usage']

/** The time zone of days and of dates without a time. */
const zoneOf = (c: Context<ApiEnv>) => c.var.caller.timezone ?? 'UTC'

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

usageApi.openapi(
  createRoute({
    method: 'get',
    path: '/api/dev/overview',
    tags,
    summary: 'The month against the quota, the last 30 days, the last ten requests',
    responses: { 200: json(OverviewJson, 'Overview') },
  }),
  async (c) => c.json(await getOverview(c.var.app, c.var.actor, zoneOf(c)), 200),
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

const file = {
  content: { 'text/csv': { schema: z.string() }, 'application/json': { schema: z.any() } },
  description: 'Everything that the filter matches, as a file',
}

usageApi.openapi(
  createRoute({
    method: 'get',
    path: '/api/portal/usage/export',
    tags,
    summary: 'Usage by interval, key and endpoint as a file',
    request: { query: UsageQuery.extend(Format.shape) },
    responses: { 200: file },
  }),
  (c) => {
    const { format, ...query } = c.req.valid('query')
    const rows = exportUsage(c.var.app, c.var.actor, query, zoneOf(c))
    return download(c, 'usage', format, exportColumns, rows)
  },
)

for (const path of ['/api/portal/logs', '/api/dev/logs']) {
  // Before the single request, whose path would take `export` for an id.
  usageApi.openapi(
    createRoute({
      method: 'get',
      path: `${path}/export`,
      tags,
      summary: 'Requests as a file',
      request: { query: LogFilter.extend(Format.shape) },
      responses: { 200: file },
    }),
    (c) => {
      const { format, ...filter } = c.req.valid('query')
      const rows = exportLogs(c.var.app, c.var.actor, filter, zoneOf(c))
      return download(c, 'logs', format, Object.keys(LogJson.shape), rows)
    },
  )
  usageApi.openapi(
    createRoute({
      method: 'get',
      path,
      tags,
      summary: 'Your requests, newest first',
      request: { query: ListLogs },
      responses: { 200: json(pageOf(LogJson), 'Requests') },
    }),
    async (c) =>
      c.json(await listLogs(c.var.app, c.var.actor, c.req.valid('query'), zoneOf(c)), 200),
  )
  usageApi.openapi(
    createRoute({
      method: 'get',
      path: `${path}/{id}`,
      tags,
      summary: 'One request, with what went wrong in words',
      request: { params: IdParam },
      responses: { 200: json(LogDetailJson, 'The request') },
    }),
    async (c) => {
      const reader = { locale: 'en' as const, timeZone: zoneOf(c) }
      return c.json(await getLog(c.var.app, c.var.actor, c.req.valid('param').id, reader), 200)
    },
  )
}

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
    path: '/admin/logs',
    tags,
    summary: 'Requests of everybody, or of one user, newest first',
    request: { query: ListAllLogs },
    responses: { 200: json(pageOf(LogJson), 'Requests') },
  }),
  async (c) =>
    c.json(await listLogsOfAll(c.var.app, c.var.actor, c.req.valid('query'), zoneOf(c)), 200),
)

/** Streams rows as a file. The first batch is awaited, so that a refusal is still an answer of its own. */
async function download(
  c: Context<ApiEnv>,
  name: string,
  format: 'csv' | 'json',
  columns: string[],
  batches: AsyncGenerator<Record<string, string | number | null>[]>,
): Promise<Response> {
  const first = await batches.next()
  async function* all() {
    if (!first.done) yield first.value
    yield* batches
  }
  const lines = format === 'csv' ? csvOf(columns, all()) : jsonOf(all())
  const day = c.var.app.now().toISOString().slice(0, 10)
  c.header('content-type', format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json')
  c.header('content-disposition', `attachment; filename="${name}-${day}.${format}"`)
  c.header('cache-control', 'no-store')
  return c.body(Readable.toWeb(Readable.from(lines, { objectMode: false })) as ReadableStream)
}
