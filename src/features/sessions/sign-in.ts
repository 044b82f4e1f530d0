import { z } from '@hono/zod-openapi'
import { isAPIError } from 'better-auth/api'
import { eq } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { Email, Password } from '../accounts/account-fields.ts'
import { beginSignIn } from '../accounts/door-limits.ts'
import { findUser } from '../accounts/registration.ts'
import { sessions, type User, users } from '../accounts/schema.ts'
import { recordAudit } from '../audit/audit.ts'
import { getAuth } from './auth.ts'
import { noticeDevice } from './devices.ts'

export const SignIn = z.strictObject({ email: Email, password: Password })
export type SignIn = z.infer<typeof SignIn>

/** Where a session was opened from. */
export type Caller = { ip: string | null; userAgent: string | null }

export type SignedIn = {
  user: User
  /** The session's token, for `Authorization: Bearer`. */
  token: string
  expiresAt: Date
  /** `Set-Cookie` values for a browser. */
  cookies: string[]
}

/**
 * Opens a session by e-mail and password, as often as the limits on the door allow.
 * @throws AppError `invalid_credentials`, `too_many_attempts`.
 */
export async function signIn(app: App, input: SignIn, caller: Caller): Promise<SignedIn> {
  const attempt = await beginSignIn(app, input.email, caller.ip)
  const session = await openSession(app, input, caller)
  await attempt.succeed()
  return session
}

/**
 * Opens a session by e-mail and password. The answer and its time are the same for an unknown
 * address and for a wrong password.
 * @throws AppError `invalid_credentials`.
 */
export async function openSession(app: App, input: SignIn, caller: Caller): Promise<SignedIn> {
  const auth = await getAuth(app)
  const headers = new Headers()
  if (caller.ip) headers.set('x-apigate-client-ip', caller.ip)
  if (caller.userAgent) headers.set('user-agent', caller.userAgent.slice(0, 500))
  const opened = await auth.api
    .signInEmail({ body: input, headers, returnHeaders: true })
    .catch((error: unknown) => {
      if (!isAPIError(error) || error.statusCode !== 401) throw error
      throw new AppError(
        'unauthenticated',
        'invalid_credentials',
        'This e-mail address and password do not match.',
      )
    })
  const user = (await findUser(app, input.email))!
  const { token } = opened.response
  const [session] = await app.db.select().from(sessions).where(eq(sessions.token, token))
  const actor: Actor = {
    type: 'user',
    userId: user.id,
    email: user.email,
    name: user.name,
    role: user.role,
    status: user.status,
    sessionId: session!.id,
    organizationId: null,
    memberRole: null,
    ip: caller.ip,
  }
  await inTransaction(app, async (tx) => {
    const known = await noticeDevice(tx, user, caller.userAgent)
    await tx.db
      .update(users)
      .set({ lastLoginAt: app.now(), knownDevices: known })
      .where(eq(users.id, user.id))
    await recordAudit(tx, actor, {
      action: 'users.signed_in',
      target: { type: 'user', id: user.id },
    })
  })
  return { user, token, expiresAt: session!.expiresAt, cookies: opened.headers.getSetCookie() }
}

/** Ends the session of these request headers. Returns the `Set-Cookie` values that forget it. */
export async function signOut(app: App, headers: Headers): Promise<string[]> {
  const auth = await getAuth(app)
  const done = await auth.api.signOut({ headers, returnHeaders: true })
  return done.headers.getSetCookie()
}
