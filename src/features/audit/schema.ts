import { sql } from 'drizzle-orm'
import { bigint, index, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { id, moment } from '../../core/db/columns.ts'

/**
 * Every change of state: who, what, to what, from where. Rows are added; PostgreSQL refuses to
 * change or delete them, but for taking personal data out. Salts, commitments, `seq` and `hash` are
 * filled in by triggers (docs/decisions/010-audit-chain.md).
 */
export const auditLog = pgTable(
  'audit_log',
  {
    id: id(),
    time: moment().notNull(),
    actorType: text('actor_type').notNull(),
    actorId: text('actor_id'),
    /** What the person was then; null for what is not a person. */
    actorRole: text('actor_role'),
    actorEmail: text('actor_email'),
    action: text().notNull(),
    targetType: text('target_type').notNull(),
    targetId: text('target_id').notNull(),
    organizationId: text('organization_id'),
    ip: text(),
    requestId: text('request_id'),
    changes: jsonb().$type<Record<string, unknown>>().notNull().default({}),
    /** Of `actor_email` and `ip`. Goes with them. */
    actorSalt: text('actor_salt'),
    actorCommitment: text('actor_commitment').notNull().default(''),
    /** Of `changes`. Goes with them. */
    changesSalt: text('changes_salt'),
    changesCommitment: text('changes_commitment').notNull().default(''),
    /** The place in the chain, from 1 without gaps. Null until the transaction commits. */
    seq: bigint({ mode: 'number' }),
    /** Over the row before and this one. */
    hash: text(),
  },
  (t) => [
    index('audit_log_time').on(t.time, t.seq),
    index('audit_log_organization').on(t.organizationId, t.time),
    index('audit_log_actor').on(t.actorId, t.time),
    index('audit_log_target').on(t.targetId, t.time),
    index('audit_log_request').on(t.requestId),
    uniqueIndex('audit_log_seq').on(t.seq),
    index('audit_log_email')
      .on(sql`lower(${t.changes} ->> 'email')`)
      .where(sql`${t.changes} ? 'email'`),
  ],
)
