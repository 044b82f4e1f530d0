import { z } from '@hono/zod-openapi'
import { and, eq, ne } from 'drizzle-orm'
import { type Actor, requireActiveUser, requireAdmin } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { seal } from '../../core/secret.ts'
import { Password } from '../accounts/account-fields.ts'
import { beginCodeCheck } from '../accounts/door-limits.ts'
import { assertPassword } from '../accounts/passwords.ts'
import { endProofs } from '../accounts/proofs.ts'
import { sessions, type User, users } from '../accounts/schema.ts'
import { mailUser } from '../accounts/user-mails.tsx'
import { getUser, type UserWithPlan } from '../accounts/users.ts'
import { recordAudit } from '../audit/audit.ts'
import { getSettings } from '../settings/settings.ts'
import { Code, invalidCode, spendCode } from './codes.ts'
import { issueRecoveryCodes } from './recovery-codes.ts'
import { recoveryCodes, secondFactors } from './schema.ts'
import { newTotpSecret, totpUrl } from './totp.ts'

export const EnableTwoFactor = z.strictObject({ password: Password })
export const ConfirmTwoFactor = z.strictObject({ code: Code })
export const ProveBoth = z.strictObject({ password: Password, code: Code })
export type ProveBoth = z.infer<typeof ProveBoth>

export type TwoFactorSetup = { secret: string; otpauthUrl: string; recoveryCodes: string[] }

/**
 * Begins to set up codes: a secret for the authenticator app, and recovery codes. Signing in asks
 * for them only once a code has confirmed that the app has the secret. Begun again, it begins anew.
 * @throws AppError `two_factor_disabled`, `two_factor_enabled`, `invalid_credentials`.
 */
export async function enableTwoFactor(
  app: App,
  actor: Actor,
  password: string,
): Promise<TwoFactorSetup> {
  const { userId, email } = requireActiveUser(actor)
  await assertEnrolmentOpen(app)
  await assertPassword(app, userId, password, 'password')
  const secret = newTotpSecret()
  const sealedSecret = seal(app.secret, secret)
  const { portal_company_name } = await getSettings(app)
  return inTransaction(app, async (tx) => {
    if (isOn(await lockUser(tx, userId))) throw alreadyOn()
    await tx.db
      .insert(secondFactors)
      .values({ userId, sealedSecret, createdAt: tx.now() })
      .onConflictDoUpdate({
        target: secondFactors.userId,
        set: { sealedSecret, lastStep: 0, createdAt: tx.now() },
      })
    const codes = await issueRecoveryCodes(tx, userId)
    await record(tx, actor, userId, 'profile.two_factor_started')
    return { secret, otpauthUrl: totpUrl(secret, portal_company_name, email), recoveryCodes: codes }
  })
}

/**
 * Asks for codes from now on, as the app shows the right one. Every other session ends: none of them
 * was opened with both factors.
 * @throws AppError `invalid_code`, `two_factor_not_started`, `two_factor_enabled`, `two_factor_disabled`.
 */
export async function confirmTwoFactor(app: App, actor: Actor, code: string): Promise<void> {
  const { userId, sessionId } = requireActiveUser(actor)
  await assertEnrolmentOpen(app)
  const attempt = await beginCodeCheck(app, userId)
  await inTransaction(app, async (tx) => {
    const user = await lockUser(tx, userId)
    if (isOn(user)) throw alreadyOn()
    if ((await tx.db.$count(secondFactors, eq(secondFactors.userId, userId))) === 0) {
      const message = 'Start setting up two-factor authentication first.'
      throw new AppError('conflict', 'two_factor_not_started', message)
    }
    if ((await spendCode(tx, userId, code)) !== 'totp') throw invalidCode('invalid')
    await setEnabledAt(tx, userId, tx.now())
    await tx.db.delete(sessions).where(and(eq(sessions.userId, userId), ne(sessions.id, sessionId)))
    await mailUser(tx, user, 'twoFactorOn', { path: '/settings/security' })
    await record(tx, actor, userId, 'profile.two_factor_enabled')
  })
  await attempt.succeed()
}

/** Ends asking for codes. Takes the password and a code. @throws AppError `two_factor_not_enabled`. */
export async function disableTwoFactor(app: App, actor: Actor, input: ProveBoth): Promise<void> {
  await withBothFactors(app, actor, input, async (tx, user) => {
    await removeTwoFactor(tx, user.id)
    await mailUser(tx, user, 'twoFactorOff', { path: '/settings/security' })
    await record(tx, actor, user.id, 'profile.two_factor_disabled')
  })
}

/** Ten new recovery codes; the old ones end. Takes the password and a code. */
export async function renewRecoveryCodes(
  app: App,
  actor: Actor,
  input: ProveBoth,
): Promise<string[]> {
  return withBothFactors(app, actor, input, async (tx, user) => {
    await record(tx, actor, user.id, 'profile.recovery_codes_renewed')
    return issueRecoveryCodes(tx, user.id)
  })
}

/** Takes the second factor from a user who has lost it, for the operator. The user is told by mail. */
export async function resetTwoFactor(
  app: App,
  actor: Actor,
  idOrEmail: string,
): Promise<UserWithPlan> {
  requireAdmin(actor)
  return inTransaction(app, async (tx) => {
    const user = await getUser(tx, actor, idOrEmail)
    await removeTwoFactor(tx, user.id)
    await mailUser(tx, user, 'twoFactorReset', { path: '/settings/security' })
    await record(tx, actor, user.id, 'users.two_factor_reset')
    return getUser(tx, actor, user.id)
  })
}

/** Does `work` for who gives the password and a code. */
async function withBothFactors<R>(
  app: App,
  actor: Actor,
  { password, code }: ProveBoth,
  work: (tx: App, user: User) => Promise<R>,
): Promise<R> {
  const { userId } = requireActiveUser(actor)
  await assertPassword(app, userId, password, 'password')
  const attempt = await beginCodeCheck(app, userId)
  const result = await inTransaction(app, async (tx) => {
    const user = await lockUser(tx, userId)
    if (!isOn(user)) {
      const message = 'Two-factor authentication is not on.'
      throw new AppError('conflict', 'two_factor_not_enabled', message)
    }
    if (!(await spendCode(tx, userId, code))) throw invalidCode('invalid')
    return work(tx, user)
  })
  await attempt.succeed()
  return result
}

async function assertEnrolmentOpen(app: App): Promise<void> {
  if ((await getSettings(app)).portal_2fa_enabled) return
  const message = 'Two-factor authentication cannot be set up here.'
  throw new AppError('forbidden', 'two_factor_disabled', message)
}

/** The user, held until the transaction ends, so that two changes do not cross. */
async function lockUser(tx: App, userId: string): Promise<User> {
  const [user] = await tx.db.select().from(users).where(eq(users.id, userId)).for('update')
  return user!
}

async function removeTwoFactor(tx: App, userId: string): Promise<void> {
  await tx.db.delete(secondFactors).where(eq(secondFactors.userId, userId))
  await tx.db.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId))
  await endProofs(tx, 'second-factor', userId)
  await setEnabledAt(tx, userId, null)
}

async function setEnabledAt(tx: App, userId: string, time: Date | null): Promise<void> {
  await tx.db.update(users).set({ twoFactorEnabledAt: time }).where(eq(users.id, userId))
}

const record = (tx: App, actor: Actor, id: string, action: string) =>
  recordAudit(tx, actor, { action, target: { type: 'user', id } })
const isOn = (user: User) => user.twoFactorEnabledAt !== null

function alreadyOn(): AppError {
  const message = 'Two-factor authentication is on already.'
  return new AppError('conflict', 'two_factor_enabled', message)
}
