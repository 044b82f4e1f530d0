import { z } from '@hono/zod-openapi'
import { and, desc, eq, gte, like, lt } from 'drizzle-orm'
import { type Actor, requireAdmin } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import {
  decodeTimeCursor,
  isAfter,
  type Page,
  PageQuery,
  toPage,
} from '../../core/http/pagination.ts'
import { auditLog } from './schema.ts'

const Time = z.iso.datetime({ offset: true }).transform((text) => new Date(text))

export const ListAudit = PageQuery.extend({
  /** Whole, or the beginning: `keys` finds `keys.issued`. */
  action: z.string().max(100).optional(),
  actor_id: z.string().max(100).optional(),
  target_id: z.string().max(100).optional(),
  from: Time.optional(),
  to: Time.optional(),
})
export type ListAudit = z.infer<typeof ListAudit>

export const AuditJson = z
  .object({
    id: z.string(),
    time: z.string(),
    actor: z.object({ type: z.string(), id: z.string().nullable(), email: z.string().nullable() }),
    action: z.string(),
    target: z.object({ type: z.string(), id: z.string() }),
    ip: z.string().nullable(),
    request_id: z.string().nullable(),
    changes: z.record(z.string(), z.unknown()),
    hash: z.string(),
  })
  .openapi('AuditEntry')
export type AuditJson = z.infer<typeof AuditJson>

/** What was changed, by whom, newest first. */
export async function listAudit(
  app: App,
  actor: Actor,
  query: ListAudit,
): Promise<Page<AuditJson>> {
  requireAdmin(actor)
  const after = decodeTimeCursor(query.cursor)
  const rows = await app.db
    .select()
    .from(auditLog)
    .where(
      and(
        query.action
          ? like(auditLog.action, `${query.action.replace(/[\\%_]/g, '\\$&')}%`)
          : undefined,
        query.actor_id ? eq(auditLog.actorId, query.actor_id) : undefined,
        query.target_id ? eq(auditLog.targetId, query.target_id) : undefined,
        query.from ? gte(auditLog.time, query.from) : undefined,
        query.to ? lt(auditLog.time, query.to) : undefined,
        isAfter(after, auditLog.time, auditLog.id),
      ),
    )
    .orderBy(desc(auditLog.time), desc(auditLog.id))
    .limit(query.limit + 1)
  const page = toPage(rows, query.limit, (row) => [row.time.getTime(), row.id])
  return { ...page, data: page.data.map(toAuditJson) }
}

/** A row of the log as the APIs show it. */
export function toAuditJson(row: typeof auditLog.$inferSelect): AuditJson {
  return {
    id: row.id,
    time: row.time.toISOString(),
    actor: { type: row.actorType, id: row.actorId, email: row.actorEmail },
    action: row.action,
    target: { type: row.targetType, id: row.targetId },
    ip: row.ip,
    request_id: row.requestId,
    changes: row.changes,
    hash: row.hash ?? '',
  }
}
