import { createRoute } from '@hono/zod-openapi'
import { pageOf } from '../../core/http/pagination.ts'
import { json } from '../../core/http/responses.ts'
import { createRouter } from '../../core/http/router.ts'
import { AuditJson, ListAudit, listAudit } from './list-audit.ts'
import { AuditCheck, VerifyAudit, verifyAudit } from './verify-audit.ts'

export const auditApi = createRouter()

auditApi.openapi(
  createRoute({
    method: 'get',
    path: '/admin/audit',
    tags: ['Audit'],
    summary: 'What was changed, by whom',
    request: { query: ListAudit },
    responses: { 200: json(pageOf(AuditJson), 'Newest first') },
  }),
  async (c) => c.json(await listAudit(c.var.app, c.var.actor, c.req.valid('query')), 200),
)

auditApi.openapi(
  createRoute({
    method: 'get',
    path: '/admin/audit/verify',
    tags: ['Audit'],
    summary: 'Whether the log is as it was written',
    description: 'Walks the whole chain of hashes, about a million rows in 20 seconds.',
    request: { query: VerifyAudit },
    responses: { 200: json(AuditCheck, 'How many rows are whole, the head, what is broken') },
  }),
  async (c) => c.json(await verifyAudit(c.var.app, c.var.actor, c.req.valid('query')), 200),
)
