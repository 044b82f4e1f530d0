import { eq } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import type { AuditAction } from '../audit/actions.ts'
import { recordAudit } from '../audit/audit.ts'
import { organizations } from './schema.ts'

/** Tells the audit log of a change to a person's account, under the organization that is theirs. */
export async function recordUserAudit(
  tx: App,
  actor: Actor,
  userId: string,
  action: AuditAction,
  changes?: Record<string, unknown>,
): Promise<void> {
  const [own] = await tx.db
    .select({ id: organizations.id })
    .from(organizations)
    .where(eq(organizations.ownerId, userId))
  const target = { type: 'user', id: userId }
  await recordAudit(tx, actor, { action, target, organizationId: own?.id, changes })
}
