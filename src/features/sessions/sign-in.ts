import { z } from '@hono/zod-openapi'
import { eq } from 'drizzle-orm'
import type { Actor, Origin } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { Email, Password } from '../accounts/account-fields.ts'
import { beginSignIn } from '../accounts/door-limits.ts'
import { findUserByPassword } from '../accounts/passwords.ts'
import { issueProof } from '../accounts/proofs.ts'
import { sessions, type User, users } from '../accounts/schema.ts'
import { recordUserAudit } from '../accounts/user-audit.ts'
import { stopActing } from './acting.ts'
import { getAuth } from './auth.ts'
import { sessionHeaders } from './cookie-policy.ts'
import { noticeDevice } from './devices.ts'

export const SignIn = z.strictObject({ email: Email, password: Password })
export type SignIn = z.infer<typeof SignIn>

/** Where a session was opened from. */
export type Caller = Origin & { userAgent: string | null }

export type SignedIn = {
  user: User
  /** The session's token, for `Authorization: Bearer`. */
  token: string
  expiresAt: Date
  /** `Set-Cookie` values for a browser. */
  cookies: string[]
}

/** How a person came in without giving a password. */
export type Means = 'passkey' | 'portal_session'

/** What one proof of who a person is leads to: a session, or the challenge to bring a second one. */
export type Entry = { session: SignedIn } | { challenge: string }

/**
 * Lets a person in by e-mail and password, as often as the limits on the door allow. The answer and
 * its time are the same for an unknown address and for a wrong password.
 * @throws AppError `invalid_credentials`, `too_many_attempts`.
 */
export async function signIn(app: App, input: SignIn, caller: Caller): Promise<Entry> {
  const attempt = await beginSignIn(app, input.email, caller.ip)
  const user = await findUserByPassword(app, input.email, input.password)
  if (!user) {
    throw new AppError(
      'unauthenticated',
      'invalid_credentials',
      'This e-mail address and password do not match.',
    )
  }
  const entry = await passFirstFactor(app, user, caller)
  // With the password alone nobody may clear the count of wrong codes.
  await ('session' in entry ? attempt.succeed() : attempt.pass())
  return entry
}

/**
 * Goes on with a user who gave one proof, such as a password: to a session, or to the challenge to
 * give the code too. Before that there is no session, so that a half proven one opens nothing.
 */
export async function passFirstFactor(
  app: App,
  user: User,
  caller: Caller,
  by?: Means,
): Promise<Entry> {
  if (user.twoFactorEnabledAt === null) return { session: await openSession(app, user, caller, by) }
  const challenge = await inTransaction(app, (tx) => issueProof(tx, 'second-factor', user.id))
  return { challenge }
}

/** Opens a session for a user who has proven who they are. Every way to sign in ends here. */
export async function openSession(
  app: App,
  user: User,
  caller: Caller,
  by?: Means,
): Promise<SignedIn> {
  const auth = await getAuth(app)
  const headers = new Headers()
  if (caller.ip) headers.set('x-apigate-client-ip', caller.ip)
  if (caller.userAgent) headers.set('user-agent', caller.userAgent.slice(0, 500))
  const opened = await auth.api.openSession({
    body: { userId: user.id, isByPasskey: by === 'passkey' },
    headers,
    returnHeaders: true,
  })
  const { id, token, expiresAt } = opened.response
  const { id: userId, email, name, role, status } = user
  const { ip, requestId } = caller
  const actor: Actor = {
    ...{ type: 'user', userId, email, name, role, status, sessionId: id, ip, requestId },
    ...{ organizationId: null, memberRole: null },
  }
  await inTransaction(app, async (tx) => {
    const knownDevices = await noticeDevice(tx, user, caller)
    await tx.db
      .update(users)
      .set({ lastLoginAt: app.now(), knownDevices })
      .where(eq(users.id, userId))
    await recordUserAudit(tx, actor, userId, 'users.signed_in', by && { by })
  })
  return { user, token, expiresAt, cookies: opened.headers.getSetCookie() }
}

/**
 * Ends the session of these request headers. Returns the `Set-Cookie` values that forget it. Who
 * acts as a user stops that, and stays signed in.
 */
export async function signOut(app: App, actor: Actor, headers: Headers): Promise<string[]> {
  await stopActing(app, actor)
  if (actor.type === 'user' && actor.operator) return []
  const auth = await getAuth(app)
  await tellSignedOut(app, actor)
  const done = await auth.api.signOut({
    headers: await sessionHeaders(app, headers),
    returnHeaders: true,
  })
  return done.headers.getSetCookie()
}

/** Nobody signs out of a session that has ended, as when the account was deleted. */
async function tellSignedOut(app: App, actor: Actor): Promise<void> {
  if (actor.type !== 'user') return
  const [session] = await app.db.select().from(sessions).where(eq(sessions.id, actor.sessionId))
  if (session) await recordUserAudit(app, actor, actor.userId, 'users.signed_out')
}
