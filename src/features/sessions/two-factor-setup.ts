import { z } from '@hono/zod-openapi'
import { and, eq, gt, ne } from 'drizzle-orm'
import { type Actor, requireSelf } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { seal, unseal } from '../../core/secret.ts'
import { Password } from '../accounts/account-fields.ts'
import { beginCodeCheck } from '../accounts/door-limits.ts'
import { assertPassword } from '../accounts/passwords.ts'
import { sessions, users } from '../accounts/schema.ts'
import { recordUserAudit } from '../accounts/user-audit.ts'
import { mailUser } from '../accounts/user-mails.tsx'
import { lockUser } from '../accounts/user-rows.ts'
import { getSetting } from '../settings/settings.ts'
import { Code, invalidCode, spendCode } from './codes.ts'
import { makeRecoveryCodes, storeRecoveryCodes } from './recovery-codes.ts'
import { secondFactors } from './schema.ts'
import { newTotpSecret, totpUrl } from './totp.ts'

export const EnableTwoFactor = z.strictObject({ password: Password })
export const ConfirmTwoFactor = z.strictObject({ code: Code })

export type TwoFactorSetup = { secret: string; otpauthUrl: string; recoveryCodes: string[] }

/** How long a set-up waits for its first code. */
const setupMs = 3_600_000

/**
 * Begins to set up codes: a secret for the authenticator app, and recovery codes. Both count only once
 * a code has confirmed that the app has the secret, within an hour. Begun again, it begins anew.
 * @throws AppError `two_factor_disabled`, `two_factor_enabled`, `invalid_credentials`.
 */
export async function enableTwoFactor(
  app: App,
  actor: Actor,
  password: string,
): Promise<TwoFactorSetup> {
  const { userId, email } = requireSelf(actor)
  await assertOffered(app)
  await assertPassword(app, actor, password, 'password')
  const secret = newTotpSecret()
  const codes = makeRecoveryCodes()
  const factor = {
    sealedSecret: seal(app.secret, secret),
    sealedRecoveryCodes: seal(app.secret, JSON.stringify(codes)),
    lastStep: 0,
    createdAt: app.now(),
  }
  await inTransaction(app, async (tx) => {
    if ((await lockUser(tx, userId)).twoFactorEnabledAt !== null) throw alreadyOn()
    await tx.db
      .insert(secondFactors)
      .values({ userId, ...factor })
      .onConflictDoUpdate({ target: secondFactors.userId, set: factor })
    await recordUserAudit(tx, actor, userId, 'profile.two_factor_started')
  })
  return setupOf(app, email, secret, codes)
}

/** What was begun and waits for its first code, to be shown again. */
export async function findTwoFactorSetup(
  app: App,
  actor: Actor,
): Promise<TwoFactorSetup | undefined> {
  const { userId, email } = requireSelf(actor)
  const [factor] = await app.db.select().from(secondFactors).where(isWaiting(app, userId))
  if (!factor?.sealedRecoveryCodes) return undefined
  const codes = JSON.parse(unseal(app.secret, factor.sealedRecoveryCodes)) as string[]
  return setupOf(app, email, unseal(app.secret, factor.sealedSecret), codes)
}

/**
 * Asks for codes from now on, as the app shows the right one. Every other session ends: none of them
 * was opened with both factors.
 * @throws AppError `invalid_code`, `two_factor_not_started`, `two_factor_enabled`, `two_factor_disabled`.
 */
export async function confirmTwoFactor(app: App, actor: Actor, code: string): Promise<void> {
  const { userId, sessionId } = requireSelf(actor)
  await assertOffered(app)
  const attempt = await beginCodeCheck(app, userId)
  await inTransaction(app, async (tx) => {
    const user = await lockUser(tx, userId)
    if (user.twoFactorEnabledAt !== null) throw alreadyOn()
    const setup = await findTwoFactorSetup(tx, actor)
    if (!setup) {
      throw new AppError('conflict', 'two_factor_not_started', 'Start the set-up anew.')
    }
    if ((await spendCode(tx, userId, code)) !== 'totp') throw invalidCode('invalid')
    await storeRecoveryCodes(tx, userId, setup.recoveryCodes)
    await tx.db
      .update(secondFactors)
      .set({ sealedRecoveryCodes: null })
      .where(eq(secondFactors.userId, userId))
    await tx.db.update(users).set({ twoFactorEnabledAt: tx.now() }).where(eq(users.id, userId))
    const isOther = and(eq(sessions.userId, userId), ne(sessions.id, sessionId))
    await tx.db.delete(sessions).where(isOther)
    await mailUser(tx, user, 'twoFactorOn', { path: '/settings/security' })
    await recordUserAudit(tx, actor, userId, 'profile.two_factor_enabled')
  })
  await attempt.succeed()
}

async function setupOf(app: App, email: string, secret: string, recoveryCodes: string[]) {
  const issuer = await getSetting(app, 'portal_company_name')
  return { secret, otpauthUrl: totpUrl(secret, issuer, email), recoveryCodes }
}

const isWaiting = (app: App, userId: string) =>
  and(
    eq(secondFactors.userId, userId),
    gt(secondFactors.createdAt, new Date(app.now().getTime() - setupMs)),
  )

async function assertOffered(app: App): Promise<void> {
  if (await getSetting(app, 'portal_2fa_enabled')) return
  const message = 'Two-factor authentication cannot be set up here.'
  throw new AppError('forbidden', 'two_factor_disabled', message)
}

function alreadyOn(): AppError {
  return new AppError('conflict', 'two_factor_enabled', 'Two-factor authentication is on already.')
}
