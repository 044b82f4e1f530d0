import { createRoute, z } from '@hono/zod-openapi'
import type { Row } from '../../core/csv.ts'
import { download, ExportFormat, exported } from '../../core/http/download.ts'
import { IdParam, json } from '../../core/http/responses.ts'
import { createRouter } from '../../core/http/router.ts'
import { csvRowOf, exportColumns } from './export-users.ts'
import { failureColumns, listFailures } from './import-drafts.ts'
import { ImportReportJson, toReportJson } from './import-report.ts'
import { importUsers } from './import-users.ts'
import { exportUsers, type ListedUser } from './list-users.ts'
import { UserFilter } from './user-input.ts'
import { toAdminUserJson } from './user-json.ts'

/** Users in and out as files. Before the API of single users, whose ids stand in the same place. */
export const userFilesApi = createRouter()

const tags = ['Users']

userFilesApi.openapi(
  createRoute({
    method: 'get',
    path: '/admin/users/export',
    tags,
    summary: 'Every user who matches, as a file that can be imported again',
    request: { query: UserFilter.extend(ExportFormat.shape) },
    responses: { 200: exported },
  }),
  (c) => {
    const { format, ...filter } = c.req.valid('query')
    const toRow: (user: ListedUser) => Row = format === 'csv' ? csvRowOf : toAdminUserJson
    async function* rows() {
      for await (const users of exportUsers(c.var.app, c.var.actor, filter)) yield users.map(toRow)
    }
    return download(c, 'users', format, exportColumns, rows())
  },
)

userFilesApi.openapi(
  createRoute({
    method: 'post',
    path: '/admin/users/import',
    tags,
    summary: 'Create and update users by a CSV file with the columns email, name and plan_name',
    request: {
      query: z.object({ dry_run: z.enum(['true', 'false']).default('false') }),
      body: {
        content: {
          'text/csv': { schema: z.string() },
          'multipart/form-data': {
            schema: z.object({ file: z.any().openapi({ type: 'string', format: 'binary' }) }),
          },
        },
      },
    },
    responses: { 200: json(ImportReportJson, 'What became of each line') },
  }),
  async (c) => {
    const form = c.req.valid('form')
    const file: unknown = typeof form === 'object' ? form.file : null
    const csv = file instanceof File ? file.stream() : c.req.raw.body
    const isDryRun = c.req.valid('query').dry_run === 'true'
    const report = await importUsers(c.var.app, c.var.actor, csv ?? nothing(), { isDryRun })
    return c.json(toReportJson(report), 200)
  },
)

userFilesApi.openapi(
  createRoute({
    method: 'get',
    path: '/admin/users/imports/{id}/export',
    tags,
    summary: 'The lines of an upload that failed, as a file to be mended and imported again',
    request: { params: IdParam, query: ExportFormat },
    responses: { 200: exported },
  }),
  (c) => {
    const failures = listFailures(c.var.app, c.var.actor, c.req.valid('param').id)
    return download(c, 'failed-lines', c.req.valid('query').format, failureColumns, failures)
  },
)

async function* nothing() {}
