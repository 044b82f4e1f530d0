import { index, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { id, moment } from '../../core/db/columns.ts'

/** Every change of state: who, what, to what, from where. Rows are added, never changed. */
export const auditLog = pgTable(
  'audit_log',
  {
    id: id(),
    time: moment().notNull(),
    actorType: text('actor_type').notNull(),
    actorId: text('actor_id'),
    actorEmail: text('actor_email'),
    action: text().notNull(),
    targetType: text('target_type').notNull(),
    targetId: text('target_id').notNull(),
    organizationId: text('organization_id'),
    ip: text(),
    requestId: text('request_id'),
    changes: jsonb().$type<Record<string, unknown>>().notNull().default({}),
  },
  (t) => [
    index('audit_log_time').on(t.time, t.id),
    index('audit_log_organization').on(t.organizationId, t.time),
  ],
)
