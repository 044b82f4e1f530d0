import { and, asc, eq } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { type User, users } from './schema.ts'

/**
 * True of the only active administrator. Two of them cannot remove each other at once: the rows of all
 * are held until the transaction ends.
 */
export async function isLastAdmin(tx: App, user: User): Promise<boolean> {
  if (user.role !== 'admin' || user.status !== 'active') return false
  const admins = await tx.db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.role, 'admin'), eq(users.status, 'active')))
    .orderBy(asc(users.id))
    .for('update')
  return admins.length === 1 && admins[0]!.id === user.id
}

/**
 * Somebody must be left who can administrate.
 * @throws AppError `last_admin` when the user is the only active administrator.
 */
export async function assertAdminRemains(tx: App, user: User): Promise<void> {
  if (!(await isLastAdmin(tx, user))) return
  throw new AppError(
    'conflict',
    'last_admin',
    'This is the only active administrator. Make somebody else one first.',
  )
}
