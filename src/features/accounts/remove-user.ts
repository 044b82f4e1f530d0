import { eq } from 'drizzle-orm'
import { type Actor, requireAdmin } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { forgetAnswersTo } from '../../core/idempotency/idempotency.ts'
import { forgetMails } from '../../core/mail/mail.ts'
import { recordAudit } from '../audit/audit.ts'
import { eraseFromAudit } from '../audit/erase-audit.ts'
import { userDeleted } from './events.ts'
import { assertAdminRemains } from './last-admin.ts'
import { listMemberships, removeOrganization } from './organizations.ts'
import { users } from './schema.ts'
import { mailUser } from './user-mails.tsx'
import { findUser } from './user-rows.ts'
import { getUser } from './users.ts'

/**
 * Removes a user, and the organization that they own with its keys, its usage and everybody's
 * membership in it. The audit log stays, without what is personal.
 * @throws AppError `last_admin`.
 */
export async function deleteUser(app: App, actor: Actor, idOrEmail: string): Promise<void> {
  requireAdmin(actor)
  const user = await getUser(app, actor, idOrEmail)
  await inTransaction(app, (tx) => removeUser(tx, actor, user.id, 'users.deleted'))
}

/** Removes a user's rows, for whoever may: the operator, or the user. */
export async function removeUser(
  tx: App,
  actor: Actor,
  userId: string,
  action: 'users.deleted' | 'profile.deleted',
): Promise<void> {
  const user = (await findUser(tx, userId))!
  await assertAdminRemains(tx, user)
  const target = { type: 'user', id: userId }
  const memberships = await listMemberships(tx, userId)
  for (const { organizationId, role } of memberships) {
    if (role === 'owner') await removeOrganization(tx, actor, organizationId)
    else await recordAudit(tx, actor, { action: 'members.left', target, organizationId })
  }
  await tx.db.delete(users).where(eq(users.id, userId))
  await forgetMails(tx, user.email)
  await forgetAnswersTo(tx, userId)
  await mailUser(tx, user, 'deleted')
  await recordAudit(tx, actor, { action, target })
  const owned = memberships.filter(({ role }) => role === 'owner')
  const organizationIds = owned.map(({ organizationId }) => organizationId)
  await eraseFromAudit(tx, { userId, email: user.email, organizationIds })
  await tx.jobs.announce(userDeleted, { userId })
}
