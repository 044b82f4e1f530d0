import type { Actor } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { newId } from '../../core/ids.ts'
import { auditLog } from './schema.ts'

export type AuditEntry = {
  /** Past tense, feature first: `keys.issued`. */
  action: string
  target: { type: string; id: string }
  organizationId?: string | null
  changes?: Record<string, unknown>
}

/** Adds a row to the audit log, in the transaction of the change that it tells of. */
export async function recordAudit(app: App, actor: Actor, entry: AuditEntry): Promise<void> {
  const time = app.now()
  await app.db.insert(auditLog).values({
    id: newId('aud', time.getTime()),
    time,
    actorType: actor.type,
    actorId: actor.type === 'user' ? actor.userId : null,
    actorEmail: actor.type === 'user' ? actor.email : null,
    action: entry.action,
    targetType: entry.target.type,
    targetId: entry.target.id,
    organizationId: entry.organizationId ?? null,
    ip: 'ip' in actor ? actor.ip : null,
    requestId: 'requestId' in actor ? actor.requestId : null,
    changes: entry.changes ?? {},
  })
}
