import { z } from '@hono/zod-openapi'
import { type Actor, type Origin, originOf } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { Email, Password } from '../accounts/account-fields.ts'
import { countMailRequest } from '../accounts/door-limits.ts'
import { passwordResetAsked } from '../accounts/events.ts'
import { setPasswordOf } from '../accounts/passwords.ts'
import { issueProof, spendProof, tokenInvalid } from '../accounts/proofs.ts'
import { recordUserAudit } from '../accounts/user-audit.ts'
import { mailUser, tellPasswordChanged } from '../accounts/user-mails.tsx'
import { findUser } from '../accounts/user-rows.ts'
import { markVerified } from '../accounts/verification.ts'
import { forgetIdentities } from '../sso/people.ts'

export const ForgotPassword = z.strictObject({ email: Email })
export const ResetPassword = z.strictObject({ token: z.string().max(200), password: Password })
export type ResetPassword = z.infer<typeof ResetPassword>

/**
 * Has a link mailed to choose a new password. That happens later, so that neither the answer nor its
 * time tells whether there is such an account.
 * @throws AppError `too_many_requests`.
 */
export async function forgotPassword(app: App, actor: Actor, email: string): Promise<void> {
  const origin = originOf(actor)
  await countMailRequest(app, email, origin.ip)
  await app.jobs.announce(passwordResetAsked, { email, origin })
}

/** Mails the link to the address, if there is an account. */
export async function sendPasswordReset(app: App, email: string, origin: Origin): Promise<void> {
  const user = await findUser(app, email)
  if (!user) return
  await inTransaction(app, async (tx) => {
    const token = await issueProof(tx, 'reset-password', user.id)
    await mailUser(tx, user, 'reset', {
      path: `/auth/reset-password?token=${token}`,
      isRoot: true,
    })
    await recordUserAudit(
      tx,
      { type: 'anonymous', ...origin },
      user.id,
      'users.password_reset_requested',
    )
  })
}

/**
 * Sets a new password by the token of the mail, which is spent, and ends every session. It proves
 * the address too.
 * @throws AppError `token_invalid`, `validation_error`.
 */
export async function resetPassword(app: App, actor: Actor, input: ResetPassword): Promise<void> {
  await inTransaction(app, async (tx) => {
    const userId = await spendProof(tx, 'reset-password', input.token)
    if (!userId) throw tokenInvalid()
    await setPasswordOf(tx, userId, input.password)
    const user = (await findUser(tx, userId))!
    if (!user.emailVerified) {
      // Whoever came in before the address was proven may have been somebody else.
      await forgetIdentities(tx, userId)
      await markVerified(tx, actor, user)
    }
    await tellPasswordChanged(tx, actor, user)
    await recordUserAudit(tx, actor, userId, 'users.password_reset')
  })
}
