import { type Actor, originOf } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { insertRows } from '../../core/db/insert-rows.ts'
import { newId } from '../../core/ids.ts'
import type { AuditAction } from './actions.ts'
import { auditLog } from './schema.ts'

export type AuditEntry = {
  action: AuditAction
  target: { type: string; id: string }
  organizationId?: string | null
  /**
   * A new value by its field, or `{from, to}`. A person's address stands under `email`, by which it
   * is found when the person is deleted.
   */
  changes?: Record<string, unknown>
}

/**
 * Adds a row to the audit log, in the transaction of the change that it tells of. The database
 * chains it to the row before when the transaction commits.
 */
export async function recordAudit(app: App, actor: Actor, entry: AuditEntry): Promise<void> {
  await recordAudits(app, actor, [entry])
}

/** As `recordAudit`, for many changes at once. */
export async function recordAudits(app: App, actor: Actor, entries: AuditEntry[]): Promise<void> {
  const time = app.now()
  const origin = originOf(actor)
  const rows = entries.map((entry) => ({
    id: newId('aud', time.getTime()),
    time,
    actorType: actor.type,
    actorId: actor.type === 'user' ? actor.userId : null,
    actorRole: actor.type === 'user' ? actor.role : null,
    actorEmail: actor.type === 'user' ? actor.email : null,
    action: entry.action,
    targetType: entry.target.type,
    targetId: entry.target.id,
    organizationId: entry.organizationId ?? null,
    ip: origin.ip,
    requestId: origin.requestId,
    changes: withoutSecrets({ ...entry.changes, ...actedBy(actor) }) as Record<string, unknown>,
  }))
  await insertRows(app.db, auditLog, rows)
}

/** The administrator who acted as the user, by the id alone, which leads nowhere once they are gone. */
const actedBy = (actor: Actor) =>
  actor.type === 'user' && actor.operator && { acted_by: actor.operator.userId }

const secretNames =
  /(^|_)(password|secret|token|passphrase|challenge|recovery_codes|otpauth_url)$|(secret|api|private)_key$/

/** A second lock behind the callers' own: what is named like a secret is never stored. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    secretNames.test(name) ? '(hidden)' : withoutSecrets(inner),
  ])
  return Object.fromEntries(entries)
}
