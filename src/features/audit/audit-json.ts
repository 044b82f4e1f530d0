import { z } from '@hono/zod-openapi'
import type { auditLog } from './schema.ts'

export type AuditRow = typeof auditLog.$inferSelect

export const AuditJson = z
  .object({
    id: z.string(),
    time: z.string(),
    actor: z.object({
      type: z.enum(['user', 'admin_token', 'system', 'anonymous', 'operator']),
      id: z.string().nullable(),
      email: z.string().nullable(),
    }),
    action: z.string(),
    target: z.object({ type: z.string(), id: z.string() }),
    ip: z.string().nullable(),
    request_id: z.string().nullable(),
    changes: z.record(z.string(), z.unknown()).openapi({
      description: 'A new value by its field, or `{from, to}` where there was another',
    }),
    hash: z.string(),
  })
  .openapi('AuditEntry')
export type AuditJson = z.infer<typeof AuditJson>

export const AuditDetailJson = AuditJson.extend({
  seq: z.number(),
  organization_id: z.string().nullable(),
  is_erased: z.boolean().openapi({ description: 'The changes were about a person who is gone' }),
}).openapi('AuditEntryDetail')
export type AuditDetailJson = z.infer<typeof AuditDetailJson>

export function toAuditJson(row: AuditRow): AuditJson {
  return {
    id: row.id,
    time: row.time.toISOString(),
    actor: {
      type: row.actorType as AuditJson['actor']['type'],
      id: row.actorId,
      email: row.actorEmail,
    },
    action: row.action,
    target: { type: row.targetType, id: row.targetId },
    ip: row.ip,
    request_id: row.requestId,
    changes: row.changes,
    // Null only inside the transaction that adds the row.
    hash: row.hash ?? '',
  }
}

export function toAuditDetailJson(row: AuditRow): AuditDetailJson {
  return {
    ...toAuditJson(row),
    seq: row.seq ?? 0,
    organization_id: row.organizationId,
    is_erased: row.changesSalt === null,
  }
}

/**
 * As a customer may see it: who works for the operator, from where, and what was noted with it, is
 * not theirs to know.
 */
export function toOwnAuditJson(row: AuditRow, readerId: string): AuditJson {
  const entry = toAuditJson(row)
  const isStaff = row.actorRole !== null && row.actorRole !== 'customer' && row.actorId !== readerId
  if ('acted_by' in row.changes)
    return { ...entry, ip: null, changes: { ...row.changes, acted_by: 'operator' } }
  if (row.actorType !== 'admin_token' && !isStaff) return entry
  return { ...entry, actor: { type: 'operator', id: null, email: null }, ip: null, changes: {} }
}
