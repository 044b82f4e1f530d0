import { and, asc, eq } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { type User, users } from './schema.ts'

/**
 * Somebody must be left who can administrate, also when two administrators remove each other at
 * once: their rows are held until the transaction ends.
 * @throws AppError `last_admin` when the user is the only active administrator.
 */
export async function assertAdminRemains(tx: App, user: User): Promise<void> {
  if (user.role !== 'admin' || user.status !== 'active') return
  const admins = await tx.db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.role, 'admin'), eq(users.status, 'active')))
    .orderBy(asc(users.id))
    .for('update')
  if (admins.length !== 1 || admins[0]!.id !== user.id) return
  throw new AppError(
    'conflict',
    'last_admin',
    'This is the only active administrator. Make somebody else one first.',
  )
}
