import { z } from '@hono/zod-openapi'
import { eq } from 'drizzle-orm'
import { type Actor, requireActiveUser, requireAdmin, requireSelf } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { Password } from '../accounts/account-fields.ts'
import { beginCodeCheck } from '../accounts/door-limits.ts'
import { assertPassword } from '../accounts/passwords.ts'
import { endProofs } from '../accounts/proofs.ts'
import { type User, users } from '../accounts/schema.ts'
import { recordUserAudit } from '../accounts/user-audit.ts'
import { mailUser } from '../accounts/user-mails.tsx'
import { lockUser } from '../accounts/user-rows.ts'
import { getUser, type UserWithPlan } from '../accounts/users.ts'
import { getSetting } from '../settings/settings.ts'
import { Code, invalidCode, spendCode } from './codes.ts'
import { countRecoveryCodes, makeRecoveryCodes, storeRecoveryCodes } from './recovery-codes.ts'
import { passkeys, recoveryCodes, secondFactors } from './schema.ts'

export const BothFactors = z.strictObject({ password: Password, code: Code })
export type BothFactors = z.infer<typeof BothFactors>

/** What a person gives again: the password, and a code where signing in takes one. */
export const OwnFactors = BothFactors.partial({ code: true })
export type OwnFactors = z.infer<typeof OwnFactors>

export type TwoFactorState = { enabledAt: Date | null; codesLeft: number; isOffered: boolean }

/** Whether the user's sign-in needs a code, and how many recovery codes are left. */
export async function getTwoFactor(app: App, actor: Actor): Promise<TwoFactorState> {
  const { userId } = requireActiveUser(actor)
  const user = await getUser(app, { type: 'system' }, userId)
  return {
    enabledAt: user.twoFactorEnabledAt,
    codesLeft: await countRecoveryCodes(app, userId),
    isOffered: await getSetting(app, 'portal_2fa_enabled'),
  }
}

/** Ends asking for codes. Takes the password and a code. @throws AppError `two_factor_not_enabled`. */
export async function disableTwoFactor(app: App, actor: Actor, input: BothFactors): Promise<void> {
  await withBothFactors(app, actor, input, async (tx, user) => {
    await removeTwoFactor(tx, user.id)
    await mailUser(tx, user, 'twoFactorOff', { path: '/settings/security' })
    await recordUserAudit(tx, actor, user.id, 'profile.two_factor_disabled')
  })
}

/** Ten new recovery codes; the old ones end. Takes the password and a code. */
export async function renewRecoveryCodes(
  app: App,
  actor: Actor,
  input: BothFactors,
): Promise<string[]> {
  const codes = makeRecoveryCodes()
  await withBothFactors(app, actor, input, async (tx, user) => {
    await storeRecoveryCodes(tx, user.id, codes)
    await recordUserAudit(tx, actor, user.id, 'profile.recovery_codes_renewed')
  })
  return codes
}

/**
 * Takes codes and passkeys from a user who has lost them, for the operator. The user is told by mail.
 */
export async function resetTwoFactor(
  app: App,
  actor: Actor,
  idOrEmail: string,
): Promise<UserWithPlan> {
  requireAdmin(actor)
  return inTransaction(app, async (tx) => {
    const user = await getUser(tx, actor, idOrEmail)
    await removeTwoFactor(tx, user.id)
    await tx.db.delete(passkeys).where(eq(passkeys.userId, user.id))
    await mailUser(tx, user, 'twoFactorReset', { path: '/settings/security' })
    await recordUserAudit(tx, actor, user.id, 'users.two_factor_reset')
    return getUser(tx, actor, user.id)
  })
}

/** Does `work` for who gives the password and a code. */
async function withBothFactors(
  app: App,
  actor: Actor,
  { password, code }: BothFactors,
  work: (tx: App, user: User) => Promise<void>,
): Promise<void> {
  const { userId } = requireSelf(actor)
  await assertPassword(app, actor, password, 'password')
  const attempt = await beginCodeCheck(app, userId)
  await inTransaction(app, async (tx) => {
    const user = await lockUser(tx, userId)
    if (user.twoFactorEnabledAt === null) {
      const message = 'Two-factor authentication is not on.'
      throw new AppError('conflict', 'two_factor_not_enabled', message)
    }
    if (!(await spendCode(tx, userId, code))) throw invalidCode('invalid')
    await work(tx, user)
  })
  await attempt.succeed()
}

/** @throws AppError `invalid_credentials`, `invalid_code` unless these are the person's own. */
export async function assertFactors(app: App, actor: Actor, factors: OwnFactors): Promise<void> {
  requireSelf(actor)
  const { enabledAt } = await getTwoFactor(app, actor)
  if (enabledAt === null) return assertPassword(app, actor, factors.password, 'password')
  const { password, code = '' } = factors
  await withBothFactors(app, actor, { password, code }, async () => {})
}

async function removeTwoFactor(tx: App, userId: string): Promise<void> {
  await tx.db.delete(secondFactors).where(eq(secondFactors.userId, userId))
  await tx.db.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId))
  await tx.db.update(users).set({ twoFactorEnabledAt: null }).where(eq(users.id, userId))
  await endProofs(tx, 'second-factor', userId)
}
