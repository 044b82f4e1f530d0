import { createRoute } from '@hono/zod-openapi'
import { download, ExportFormat, exported } from '../../core/http/download.ts'
import { pageOf } from '../../core/http/pagination.ts'
import { IdParam, json } from '../../core/http/responses.ts'
import { createRouter, zoneOf } from '../../core/http/router.ts'
import { ListAllLogs, ListLogs, LogFilter } from './log-input.ts'
import { LogDetailJson, LogJson } from './log-json.ts'
import { exportLogs, getLog, listLogs, listLogsOfAll } from './logs.ts'

export const logsApi = createRouter()

const tags = ['Logs']

for (const path of ['/api/portal/logs', '/api/dev/logs']) {
  // Before the single request, whose path would take `export` for an id.
  logsApi.openapi(
    createRoute({
      method: 'get',
      path: `${path}/export`,
      tags,
      summary: 'Requests as a file',
      request: { query: LogFilter.extend(ExportFormat.shape) },
      responses: { 200: exported },
    }),
    (c) => {
      const { format, ...filter } = c.req.valid('query')
      const rows = exportLogs(c.var.app, c.var.actor, filter, zoneOf(c))
      return download(c, 'logs', format, Object.keys(LogJson.shape), rows)
    },
  )
  logsApi.openapi(
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
  logsApi.openapi(
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

logsApi.openapi(
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
