import { createHash, randomInt } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { recoveryCodes } from './schema.ts'

/** Crockford's base 32: no letter that is taken for a digit. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** Ten codes of 80 bits, such as `7k3m-0q8x-w2ng-h5tc`. */
export function makeRecoveryCodes(): string[] {
  return Array.from({ length: 10 }, () => Array.from({ length: 4 }, makeGroup).join('-'))
}

const makeGroup = () => Array.from({ length: 4 }, () => alphabet[randomInt(32)]).join('')

/** Puts codes in the place of those that the user had. Only their hashes are stored. */
export async function storeRecoveryCodes(tx: App, userId: string, codes: string[]): Promise<void> {
  await tx.db.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId))
  await tx.db
    .insert(recoveryCodes)
    .values(codes.map((code) => ({ userId, digest: digestOf(code) })))
}

/** Uses up a code. False when it is not one of the user's, or no longer. */
export async function spendRecoveryCode(tx: App, userId: string, code: string): Promise<boolean> {
  const spent = await tx.db
    .delete(recoveryCodes)
    .where(and(eq(recoveryCodes.userId, userId), eq(recoveryCodes.digest, digestOf(code))))
    .returning({ userId: recoveryCodes.userId })
  return spent.length > 0
}

/** How many codes the user has left. */
export function countRecoveryCodes(app: App, userId: string): Promise<number> {
  return app.db.$count(recoveryCodes, eq(recoveryCodes.userId, userId))
}

/** Of the code as people write it down: in any case, with or without dashes. */
function digestOf(code: string): string {
  const plain = code
    .toLowerCase()
    .replace(/[^0-9a-z]/g, '')
    .replace(/[il]/g, '1')
    .replace(/o/g, '0')
  return createHash('sha256').update(plain).digest('hex')
}
