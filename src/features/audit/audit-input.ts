import { z } from '@hono/zod-openapi'
import { PageQuery } from '../../core/http/pagination.ts'
import { from, text, to } from '../../core/http/query-fields.ts'

export const AuditFilter = z.object({
  action: text(100)
    .optional()
    .openapi({ description: 'Whole, or the beginning: `keys` finds `keys.issued`' }),
  actor: text(300).optional().openapi({ description: 'Id or e-mail of who did it' }),
  target: text(300).optional().openapi({ description: 'Id of what it was done to' }),
  organization: text(100).optional().openapi({ description: 'Id of an organization' }),
  request_id: text(100).optional(),
  from,
  to,
  q: text(200)
    .trim()
    .optional()
    .openapi({ description: 'Part of an action, an id, an e-mail, an address or the changes' }),
})
export type AuditFilter = z.infer<typeof AuditFilter>

export const ListAudit = PageQuery.extend(AuditFilter.shape)
export type ListAudit = z.infer<typeof ListAudit>

/** As a customer asks, whose organization is known. */
export const OwnAuditFilter = AuditFilter.omit({ organization: true })
export const ListOwnAudit = PageQuery.extend(OwnAuditFilter.shape)
export type ListOwnAudit = z.infer<typeof ListOwnAudit>
