import { z } from '@hono/zod-openapi'
import { eq } from 'drizzle-orm'
import { type Actor, type Origin, originOf } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { Email } from './account-fields.ts'
import { countMailRequest } from './door-limits.ts'
import { verificationAsked } from './events.ts'
import { signalOwner } from './organizations.ts'
import { findProof, issueProof, tokenInvalid } from './proofs.ts'
import { type User, users } from './schema.ts'
import { tellUser } from './tell-user.ts'
import { recordUserAudit } from './user-audit.ts'
import { mailUser } from './user-mails.tsx'
import { findUser } from './user-rows.ts'

export const ResendVerification = z.strictObject({ email: Email })

/** Mails the link that proves an address. */
export async function sendVerification(tx: App, user: User): Promise<void> {
  const token = await issueProof(tx, 'verify-email', user.id)
  await mailUser(tx, user, 'verify', { path: `/auth/verify-email?token=${token}`, isRoot: true })
}

/**
 * Has the link mailed again to whoever waits for it. That happens later, so that neither the answer
 * nor its time tells whether somebody has the address.
 * @throws AppError `too_many_requests`.
 */
export async function resendVerification(app: App, actor: Actor, email: string): Promise<void> {
  const origin = originOf(actor)
  await countMailRequest(app, email, origin.ip)
  await app.jobs.announce(verificationAsked, { email, origin })
}

/** Mails the link to the address, if an account waits there for it. */
export async function sendVerificationTo(app: App, email: string, origin: Origin): Promise<void> {
  const user = await findUser(app, email)
  if (!user || user.emailVerified || user.status === 'suspended') return
  await inTransaction(app, async (tx) => {
    await sendVerification(tx, user)
    await recordUserAudit(tx, { type: 'anonymous', ...origin }, user.id, 'users.verification_sent')
  })
}

/**
 * Marks an address as proven by its token; who waited for that becomes active, a suspended user
 * stays suspended. The link may be opened twice: mail programs do.
 * @throws AppError `token_invalid`.
 */
export async function verifyEmail(app: App, actor: Actor, token: string): Promise<void> {
  await inTransaction(app, async (tx) => {
    const userId = await findProof(tx, 'verify-email', token)
    const user = userId && (await findUser(tx, userId))
    if (!user) throw tokenInvalid()
    if (user.emailVerified) return
    await markVerified(tx, actor, user)
    await mailUser(tx, user, 'welcome', { path: '/' })
  })
}

/** The address is the user's own from now on. */
export async function markVerified(tx: App, actor: Actor, user: User): Promise<void> {
  const status = user.status === 'pending' ? 'active' : user.status
  const emailVerifiedAt = user.emailVerifiedAt ?? tx.now()
  await tx.db
    .update(users)
    .set({ status, emailVerified: true, emailVerifiedAt })
    .where(eq(users.id, user.id))
  await recordUserAudit(tx, actor, user.id, 'users.verified')
  await tellUser(tx, 'account.email_verified', { user_id: user.id })
  await signalOwner(tx, user.id)
}
