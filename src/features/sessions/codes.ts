import { z } from '@hono/zod-openapi'
import { and, eq, lt } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { unseal } from '../../core/secret.ts'
import { spendRecoveryCode } from './recovery-codes.ts'
import { secondFactors } from './schema.ts'
import { totpStepOf } from './totp.ts'

/** A code as people type it: of the authenticator app, or one for recovery. */
export const Code = z.string().trim().min(1, 'Enter the code').max(40)

/**
 * Accepts a code of the user's and uses it up, so that it is accepted once even when it comes twice
 * at a time. Tells which kind it was; null when it is wrong or was used.
 */
export async function spendCode(
  tx: App,
  userId: string,
  code: string,
): Promise<'totp' | 'recovery' | null> {
  const digits = code.replace(/\s/g, '')
  if (/^\d{6}$/.test(digits)) return (await spendTotp(tx, userId, digits)) ? 'totp' : null
  return (await spendRecoveryCode(tx, userId, code)) ? 'recovery' : null
}

async function spendTotp(tx: App, userId: string, digits: string): Promise<boolean> {
  const mine = eq(secondFactors.userId, userId)
  const [factor] = await tx.db.select().from(secondFactors).where(mine)
  if (!factor) return false
  const step = totpStepOf(unseal(tx.secret, factor.sealedSecret), digits, tx.now())
  if (step === null) return false
  const accepted = await tx.db
    .update(secondFactors)
    .set({ lastStep: step })
    .where(and(mine, lt(secondFactors.lastStep, step)))
    .returning({ userId: secondFactors.userId })
  return accepted.length > 0
}

/** The error for a code that opens nothing: where a person signs in, or at a form's field. */
export function invalidCode(kind: 'unauthenticated' | 'invalid'): AppError {
  const message = 'This code is wrong or was used before. Enter the one that your app shows now.'
  return new AppError(kind, 'invalid_code', message, { errors: [{ path: 'code', message }] })
}
