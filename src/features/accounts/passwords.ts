import { randomBytes } from 'node:crypto'
import { and, eq, ne, sql } from 'drizzle-orm'
import { type Actor, requireSelf } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { fieldError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { beginPasswordCheck } from './door-limits.ts'
import { hashPassword, verifyPassword } from './password-hash.ts'
import { checkPassword } from './password-rules.ts'
import { endProofs } from './proofs.ts'
import { identities, sessions, type User, users } from './schema.ts'

/**
 * Sets a password without asking for the old one, and ends every session but `keepSessionId`, and
 * every sign-in that waits for its second factor.
 */
export async function setPasswordOf(
  tx: App,
  userId: string,
  password: string,
  { keepSessionId, field = 'password' }: { keepSessionId?: string; field?: string } = {},
): Promise<void> {
  const [user] = await tx.db.select().from(users).where(eq(users.id, userId))
  await checkPassword(tx, password, user!.email, field)
  const hash = await hashPassword(password)
  const now = tx.now()
  const changed = await tx.db
    .update(identities)
    .set({ password: hash, updatedAt: now })
    .where(and(eq(identities.userId, userId), eq(identities.providerId, 'credential')))
    .returning({ id: identities.id })
  if (changed.length === 0) {
    await tx.db.insert(identities).values({
      id: newId('acc', now.getTime()),
      userId,
      accountId: userId,
      providerId: 'credential',
      password: hash,
    })
  }
  const others = keepSessionId ? ne(sessions.id, keepSessionId) : undefined
  await tx.db.delete(sessions).where(and(eq(sessions.userId, userId), others))
  await endProofs(tx, 'second-factor', userId)
}

/** The user with this address and password, found in the same time as that there is none. */
export async function findUserByPassword(
  app: App,
  email: string,
  password: string,
): Promise<User | undefined> {
  const [found] = await app.db
    .select({ user: users, hash: identities.password })
    .from(users)
    .innerJoin(identities, eq(identities.userId, users.id))
    .where(
      and(
        eq(sql`lower(${users.email})`, email.toLowerCase()),
        eq(identities.providerId, 'credential'),
      ),
    )
  const hash = found?.hash ?? (await app.once(makeDecoy))
  const isRight = await verifyPassword(hash, password)
  return isRight ? found?.user : undefined
}

/** A hash that is tried where there is none, for the time that it takes. */
const makeDecoy = () => hashPassword(randomBytes(32).toString('base64'))

/** @throws AppError `invalid_credentials` for `field` unless this is the user's password; `password_not_set`, `too_many_attempts`. */
export async function assertPassword(
  app: App,
  actor: Actor,
  password: string,
  field: string,
): Promise<void> {
  const { userId } = requireSelf(actor)
  const hash = await findHash(app, userId)
  if (!hash) {
    const message = 'This account has no password yet. Set one first.'
    throw fieldError('conflict', 'password_not_set', field, message)
  }
  const attempt = await beginPasswordCheck(app, userId)
  if (await verifyPassword(hash, password)) return attempt.succeed()
  throw fieldError('invalid', 'invalid_credentials', field, 'This is not your password.')
}

/** False for an account that signs in by other means alone. */
export async function hasPassword(app: App, userId: string): Promise<boolean> {
  return (await findHash(app, userId)) !== null
}

async function findHash(app: App, userId: string): Promise<string | null> {
  const [identity] = await app.db
    .select({ hash: identities.password })
    .from(identities)
    .where(and(eq(identities.userId, userId), eq(identities.providerId, 'credential')))
  return identity?.hash ?? null
}
