import { z } from '@hono/zod-openapi'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { beginSecondFactor } from '../accounts/door-limits.ts'
import { findProof, spendProof, tryProof } from '../accounts/proofs.ts'
import type { User } from '../accounts/schema.ts'
import { recordUserAudit } from '../accounts/user-audit.ts'
import { mailUser } from '../accounts/user-mails.tsx'
import { findUser } from '../accounts/user-rows.ts'
import { Code, invalidCode, spendCode } from './codes.ts'
import { countRecoveryCodes } from './recovery-codes.ts'
import { type Caller, openSession, type SignedIn } from './sign-in.ts'

export const SecondFactor = z.strictObject({ challenge: z.string().max(200), code: Code })
export type SecondFactor = z.infer<typeof SecondFactor>

/** Codes that may be tried on one challenge. */
const maxAttempts = 5

/**
 * Opens a session by the challenge that signing in gave and a code: of the authenticator app, or one
 * for recovery. Code and challenge are used up.
 * @throws AppError `invalid_code`; `challenge_invalid` when it is too old, was used, or tried too
 * often; `too_many_attempts`.
 */
export async function passSecondFactor(
  app: App,
  input: SecondFactor,
  caller: Caller,
): Promise<SignedIn> {
  const userId = await findProof(app, 'second-factor', input.challenge)
  const user = userId === null ? undefined : await findUser(app, userId)
  if (!user) throw challengeInvalid()
  const attempt = await beginSecondFactor(app, user, caller.ip)
  const tried = await tryProof(app, 'second-factor', input.challenge, maxAttempts)
  if (!tried) throw challengeInvalid()
  const isRight = await inTransaction(app, async (tx) => {
    const kind = await spendCode(tx, user.id, input.code)
    if (kind === null) return false
    if (!(await spendProof(tx, 'second-factor', input.challenge))) throw challengeInvalid()
    if (kind === 'recovery') await noticeRecovery(tx, user, caller)
    return true
  })
  if (!isRight) {
    if (tried.isLast) await noticeRefusal(app, user)
    throw invalidCode('unauthenticated')
  }
  await attempt.succeed()
  return openSession(app, user, caller)
}

/** Tells a user that somebody with the password has no right code: time for another password. */
async function noticeRefusal(app: App, user: User): Promise<void> {
  await inTransaction(app, (tx) => mailUser(tx, user, 'codesRefused', { path: '/forgot-password' }))
}

/** Tells a user that a recovery code was used, and how many are left. */
async function noticeRecovery(tx: App, user: User, caller: Caller): Promise<void> {
  const params = { count: String(await countRecoveryCodes(tx, user.id)) }
  await mailUser(tx, user, 'recoveryUsed', { path: '/settings/security', params })
  const { ip, requestId } = caller
  const stranger = { type: 'anonymous', ip, requestId } as const
  await recordUserAudit(tx, stranger, user.id, 'profile.recovery_code_used')
}

function challengeInvalid(): AppError {
  const message = 'This sign-in took too long or was tried too often. Start it again.'
  return new AppError('unauthenticated', 'challenge_invalid', message)
}
