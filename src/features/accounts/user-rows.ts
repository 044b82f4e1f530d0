import { eq, sql } from 'drizzle-orm'
import type { Role } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { isUniqueViolation } from '../../core/db/violations.ts'
import { type AppError, fieldError, notFound } from '../../core/errors.ts'
import type { Locale } from '../../core/http/page-context.ts'
import { newId } from '../../core/ids.ts'
import { insertOrganization } from './organizations.ts'
import { identities, type Metadata, type User, type UserStatus, users } from './schema.ts'

/** A user by id, held until the transaction ends, so that two changes do not cross. */
export async function lockUser(tx: App, userId: string): Promise<User> {
  const [user] = await tx.db.select().from(users).where(eq(users.id, userId)).for('update')
  if (!user) throw notFound('user')
  return user
}

/** A user by id or e-mail. */
export async function findUser(app: App, idOrEmail: string): Promise<User | undefined> {
  const [user] = await app.db
    .select()
    .from(users)
    .where(sql`${users.id} = ${idOrEmail} or lower(${users.email}) = ${idOrEmail.toLowerCase()}`)
  return user
}

export type NewAccount = {
  id?: string
  email: string
  name: string
  role: Role
  status: UserStatus
  /** The address is known to be the person's own. */
  isVerified: boolean
  metadata?: Metadata
  locale?: Locale
  timezone?: string
  /** Null for an account that cannot sign in by password yet. */
  passwordHash: string | null
}

export type AccountToWrite = NewAccount & { planId: string | null }
export type Written = { user: User; organizationId: string }

/** Writes the rows of an account with an organization of its own. */
export async function insertAccount(tx: App, account: AccountToWrite): Promise<Written> {
  const user = await insertUser(tx, account)
  const name = account.name || account.email
  const ownerId = user.id
  const organizationId = await insertOrganization(tx, { ownerId, name, planId: account.planId })
  return { user, organizationId }
}

/** The row of a person. */
export function toUserRow(app: App, account: NewAccount): typeof users.$inferInsert {
  const now = app.now()
  return {
    id: account.id ?? newId('usr', now.getTime()),
    email: account.email.toLowerCase(),
    name: account.name,
    role: account.role,
    status: account.status,
    suspendedAt: account.status === 'suspended' ? now : null,
    emailVerified: account.isVerified,
    emailVerifiedAt: account.isVerified ? now : null,
    metadata: account.metadata ?? {},
    locale: account.locale,
    timezone: account.timezone,
    createdAt: now,
    updatedAt: now,
  }
}

/** Writes the rows of a person: the user, and the password. */
export async function insertUser(tx: App, account: NewAccount): Promise<User> {
  const [user] = await tx.db
    .insert(users)
    .values(toUserRow(tx, account))
    .returning()
    .catch((error: unknown) => {
      if (!isUniqueViolation(error)) throw error
      if (isUniqueViolation(error, 'users_email')) throw emailTaken()
      throw fieldError('conflict', 'id_taken', 'id', 'There is an account with this id already.')
    })
  if (account.passwordHash) {
    await tx.db.insert(identities).values({
      id: newId('acc', tx.now().getTime()),
      userId: user!.id,
      accountId: user!.id,
      providerId: 'credential',
      password: account.passwordHash,
    })
  }
  return user!
}

export function emailTaken(): AppError {
  return fieldError(
    'conflict',
    'email_taken',
    'email',
    'There is an account with this e-mail address already.',
  )
}
