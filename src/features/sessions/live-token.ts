import { and, eq, gt, or } from 'drizzle-orm'
import { type Actor, isAdmin, requireConfirmedUser, type UserActor } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { listMemberships } from '../accounts/organizations.ts'
import { issueProof, spendProof } from '../accounts/proofs.ts'
import { sessions } from '../accounts/schema.ts'
import { findUser } from '../accounts/user-rows.ts'
import { actingAs } from './acting.ts'
import { toUserActor } from './resolve-actor.ts'

const validMs = 30_000

/** A token that opens one live connection as its bearer, within 30 seconds. */
export async function issueLiveToken(
  app: App,
  actor: Actor,
): Promise<{ token: string; expiresAt: Date }> {
  const { userId, sessionId, organizationId } = requireConfirmedUser(actor)
  const subject = [userId, sessionId, organizationId ?? ''].join(' ')
  const expiresAt = new Date(app.now().getTime() + validMs)
  return { token: await issueProof(app, 'live', subject), expiresAt }
}

/** Whom a live token speaks for; it is spent. Null when it is unknown, used or too old. */
export async function redeemLiveToken(
  app: App,
  token: string,
  origin: { ip: string | null; requestId?: string },
): Promise<Actor | null> {
  const subject = await spendProof(app, 'live', token)
  if (subject === null) return null
  const [userId = '', sessionId = '', organizationId = ''] = subject.split(' ')
  return findActor(app, { userId, sessionId, ...origin }, organizationId || null)
}

/**
 * The same person as they are now, in the organization of this id: null once the session has ended.
 * Who does not belong to the organization acts in none.
 */
export function refreshActor(
  app: App,
  actor: UserActor,
  organizationId: string | null = actor.organizationId,
): Promise<UserActor | null> {
  return findActor(app, actor, organizationId)
}

type Known = Pick<UserActor, 'userId' | 'sessionId' | 'ip' | 'requestId'>

async function findActor(
  app: App,
  { userId, sessionId, ip, requestId }: Known,
  organizationId: string | null,
): Promise<UserActor | null> {
  // A bearer of the sign-in provider's token has no session of ours.
  const session = sessionId === '' ? { id: '', userId } : await findSession(app, userId, sessionId)
  const user = await findUser(app, userId)
  if (!session || !user) return null
  const memberships = await listMemberships(app, userId)
  const membership = memberships.find((one) => one.organizationId === organizationId)
  const actor = toUserActor(user, session, membership, { ip, requestId })
  if (session.userId === userId) return actor
  const admin = await findUser(app, session.userId)
  const operator = admin && toUserActor(admin, session, undefined, { ip, requestId })
  return operator && isAdmin(operator) ? actingAs(actor, operator) : null
}

/** A session of the user's, or one that acts as them. */
async function findSession(app: App, userId: string, id: string) {
  const now = app.now()
  const isActing = and(eq(sessions.actingAs, userId), gt(sessions.actingUntil, now))
  const isTheirs = or(eq(sessions.userId, userId), isActing)
  const [session] = await app.db
    .select()
    .from(sessions)
    .where(and(eq(sessions.id, id), isTheirs, gt(sessions.expiresAt, now)))
  return session
}
