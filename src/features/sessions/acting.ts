import { and, eq, isNotNull } from 'drizzle-orm'
import { type Actor, requireAdmin, type UserActor } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { sessions, type User } from '../accounts/schema.ts'
import { recordUserAudit } from '../accounts/user-audit.ts'
import { findUser } from '../accounts/user-rows.ts'
import { getUser } from '../accounts/users.ts'

const longestMs = 3_600_000

/**
 * Lets an administrator's session act as a user in the portal and its APIs, for an hour at most. The
 * admin's side stays the administrator's own. No sign-in is told of, as there is none.
 * @throws AppError `session_required` without a session, `cannot_act_as_admin`.
 */
export async function beginActing(app: App, actor: Actor, idOrEmail: string): Promise<void> {
  requireAdmin(actor)
  const user = await getUser(app, actor, idOrEmail)
  if (actor.type !== 'user') {
    const message = 'Sign in as an administrator to act as a user.'
    throw new AppError('forbidden', 'session_required', message)
  }
  if (user.role === 'admin') {
    const message = 'Nobody can act as an administrator.'
    throw new AppError('forbidden', 'cannot_act_as_admin', message)
  }
  const actingUntil = new Date(app.now().getTime() + longestMs)
  await inTransaction(app, async (tx) => {
    await endActing(tx, actor)
    await tx.db
      .update(sessions)
      .set({ actingAs: user.id, actingUntil, activeOrganizationId: null })
      .where(eq(sessions.id, actor.sessionId))
    const until = actingUntil.toISOString()
    await recordUserAudit(tx, actor, user.id, 'users.acting_began', { until })
  })
}

/** The user as whom an operator acts. What an organization asks of its members is not asked of them. */
export function actingAs(user: UserActor, operator: UserActor): UserActor {
  return { ...user, lacksTwoFactor: false, operator }
}

/** The administrator is themself again, on whichever side the call comes from. */
export async function stopActing(app: App, actor: Actor): Promise<void> {
  if (actor.type !== 'user') return
  await inTransaction(app, (tx) => endActing(tx, actor.operator ?? actor))
}

/** The user whom this session acts as, while it may. What is over is ended for good. */
export async function findActed(app: App, operator: UserActor): Promise<User | undefined> {
  const [row] = await app.db
    .select({ actingAs: sessions.actingAs, actingUntil: sessions.actingUntil })
    .from(sessions)
    .where(eq(sessions.id, operator.sessionId))
  if (!row?.actingAs) return undefined
  const user = await findUser(app, row.actingAs)
  const isOver = row.actingUntil === null || row.actingUntil <= app.now()
  if (user && user.role !== 'admin' && !isOver && operator.status === 'active') return user
  await inTransaction(app, (tx) => endActing(tx, operator))
  return undefined
}

async function endActing(tx: App, operator: UserActor): Promise<void> {
  const isActing = and(eq(sessions.id, operator.sessionId), isNotNull(sessions.actingAs))
  const [acted] = await tx.db.select().from(sessions).where(isActing).for('update')
  if (!acted) return
  await tx.db
    .update(sessions)
    .set({ actingAs: null, actingUntil: null, activeOrganizationId: null })
    .where(isActing)
  await recordUserAudit(tx, operator, acted.actingAs!, 'users.acting_ended')
}
