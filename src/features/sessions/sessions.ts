import { z } from '@hono/zod-openapi'
import { and, desc, eq, gt, lt, ne } from 'drizzle-orm'
import { type Actor, requireActiveUser } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { notFound } from '../../core/errors.ts'
import { sessions } from '../accounts/schema.ts'
import { recordUserAudit } from '../accounts/user-audit.ts'
import { getUser } from '../accounts/users.ts'

export const SessionRow = z
  .object({
    id: z.string(),
    ip: z.string().nullable(),
    user_agent: z.string().nullable(),
    created_at: z.string(),
    last_used_at: z.string(),
    expires_at: z.string(),
    is_current: z.boolean(),
  })
  .openapi('SessionRow')
export type SessionRow = z.infer<typeof SessionRow>

/** Where the user is signed in, the latest first. */
export async function listSessions(app: App, actor: Actor): Promise<SessionRow[]> {
  const { userId, sessionId } = requireActiveUser(actor)
  return listSessionsOf(app, userId, sessionId)
}

/** Where a user is signed in, for the operator. */
export async function listSessionsOfUser(
  app: App,
  actor: Actor,
  idOrEmail: string,
): Promise<SessionRow[]> {
  const user = await getUser(app, actor, idOrEmail)
  return listSessionsOf(app, user.id, null)
}

async function listSessionsOf(
  app: App,
  userId: string,
  currentId: string | null,
): Promise<SessionRow[]> {
  const rows = await app.db
    .select()
    .from(sessions)
    .where(isRunning(app, userId))
    .orderBy(desc(sessions.updatedAt), desc(sessions.id))
  return rows.map((row) => ({
    id: row.id,
    ip: row.ipAddress,
    user_agent: row.userAgent,
    created_at: row.createdAt.toISOString(),
    last_used_at: row.updatedAt.toISOString(),
    expires_at: row.expiresAt.toISOString(),
    is_current: row.id === currentId,
  }))
}

/** Ends one of the user's sessions, at once. Another's is not found. */
export async function endSession(app: App, actor: Actor, id: string): Promise<void> {
  await endSessionOf(app, actor, requireActiveUser(actor).userId, id, 'profile.session_ended')
}

/** Ends a session of a user, as the operator. */
export async function endSessionOfUser(
  app: App,
  actor: Actor,
  idOrEmail: string,
  id: string,
): Promise<void> {
  const user = await getUser(app, actor, idOrEmail)
  await endSessionOf(app, actor, user.id, id, 'users.session_ended')
}

async function endSessionOf(
  app: App,
  actor: Actor,
  userId: string,
  id: string,
  action: 'profile.session_ended' | 'users.session_ended',
): Promise<void> {
  await inTransaction(app, async (tx) => {
    const ended = await tx.db
      .delete(sessions)
      .where(and(eq(sessions.id, id), eq(sessions.userId, userId)))
      .returning({ id: sessions.id })
    if (ended.length === 0) throw notFound('session')
    await recordUserAudit(tx, actor, userId, action, { session: id })
  })
}

/** Ends all sessions of the user but the present one, at once. */
export async function endOtherSessions(app: App, actor: Actor): Promise<void> {
  const { userId, sessionId } = requireActiveUser(actor)
  await inTransaction(app, async (tx) => {
    const ended = await tx.db
      .delete(sessions)
      .where(and(isRunning(app, userId), ne(sessions.id, sessionId)))
      .returning({ id: sessions.id })
    for (const { id } of ended)
      await recordUserAudit(tx, actor, userId, 'profile.session_ended', { session: id })
  })
}

const isRunning = (app: App, userId: string) =>
  and(eq(sessions.userId, userId), gt(sessions.expiresAt, app.now()))

/** Forgets sessions that have run out. */
export async function pruneSessions(app: App): Promise<void> {
  await app.db.delete(sessions).where(lt(sessions.expiresAt, app.now()))
}
