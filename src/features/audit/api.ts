import { createRoute } from '@hono/zod-openapi'
import { download, ExportFormat, exported } from '../../core/http/download.ts'
import { pageOf } from '../../core/http/pagination.ts'
import { IdParam, json } from '../../core/http/responses.ts'
import { createRouter, zoneOf } from '../../core/http/router.ts'
import { AuditFilter, ListAudit, ListOwnAudit, OwnAuditFilter } from './audit-input.ts'
import { AuditDetailJson, AuditJson } from './audit-json.ts'
import {
  exportAudit,
  exportOwnAudit,
  getAuditEntry,
  listAudit,
  listOwnAudit,
} from './list-audit.ts'
import { AuditCheck, VerifyAudit, verifyAudit } from './verify-audit.ts'

export const auditApi = createRouter()

const tags = ['Audit']

auditApi.openapi(
  createRoute({
    method: 'get',
    path: '/api/portal/audit',
    tags,
    summary: 'What was changed in your organization, by whom',
    description: 'For owners, developers and viewers. Who works for the operator is not named.',
    request: { query: ListOwnAudit },
    responses: { 200: json(pageOf(AuditJson), 'Newest first') },
  }),
  async (c) =>
    c.json(await listOwnAudit(c.var.app, c.var.actor, c.req.valid('query'), zoneOf(c)), 200),
)

auditApi.openapi(
  createRoute({
    method: 'get',
    path: '/api/portal/audit/export',
    tags,
    summary: 'Your organization’s audit log as a file',
    request: { query: OwnAuditFilter.extend(ExportFormat.shape) },
    responses: { 200: exported },
  }),
  (c) => {
    const { format, ...filter } = c.req.valid('query')
    const rows = exportOwnAudit(c.var.app, c.var.actor, filter, zoneOf(c))
    return download(c, 'audit', format, columns, format === 'csv' ? flatten(rows) : rows)
  },
)

auditApi.openapi(
  createRoute({
    method: 'get',
    path: '/admin/audit',
    tags,
    summary: 'What was changed, by whom',
    request: { query: ListAudit },
    responses: { 200: json(pageOf(AuditJson), 'Newest first') },
  }),
  async (c) =>
    c.json(await listAudit(c.var.app, c.var.actor, c.req.valid('query'), zoneOf(c)), 200),
)

auditApi.openapi(
  createRoute({
    method: 'get',
    path: '/admin/audit/export',
    tags,
    summary: 'The audit log as a file',
    request: { query: AuditFilter.extend(ExportFormat.shape) },
    responses: { 200: exported },
  }),
  (c) => {
    const { format, ...filter } = c.req.valid('query')
    const rows = exportAudit(c.var.app, c.var.actor, filter, zoneOf(c))
    return download(c, 'audit', format, columns, format === 'csv' ? flatten(rows) : rows)
  },
)

auditApi.openapi(
  createRoute({
    method: 'get',
    path: '/admin/audit/verify',
    tags,
    summary: 'Whether the log is as it was written',
    description: 'Walks the whole chain of hashes, about a million rows a minute.',
    request: { query: VerifyAudit },
    responses: { 200: json(AuditCheck, 'How many rows are whole, the head, what is broken') },
  }),
  async (c) => c.json(await verifyAudit(c.var.app, c.var.actor, c.req.valid('query')), 200),
)

auditApi.openapi(
  createRoute({
    method: 'get',
    path: '/admin/audit/{id}',
    tags,
    summary: 'One row, with its place in the chain',
    request: { params: IdParam },
    responses: { 200: json(AuditDetailJson, 'The row') },
  }),
  async (c) => c.json(await getAuditEntry(c.var.app, c.var.actor, c.req.valid('param').id), 200),
)

const columns = [
  ...['id', 'time', 'actor_type', 'actor_id', 'actor_email', 'action', 'target_type', 'target_id'],
  ...['ip', 'request_id', 'changes', 'hash'],
]

/** Rows as lines of a table. */
async function* flatten(batches: AsyncGenerator<AuditJson[]>) {
  for await (const rows of batches) {
    yield rows.map(({ actor, target, ...row }) => ({
      ...row,
      ...{ actor_type: actor.type, actor_id: actor.id, actor_email: actor.email },
      ...{ target_type: target.type, target_id: target.id },
    }))
  }
}
