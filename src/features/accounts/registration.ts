import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import type { Actor, Role } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { isUniqueViolation } from '../../core/db/violations.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { recordAudit } from '../audit/audit.ts'
import { findDefaultPlan } from '../plans/plans.ts'
import { getSetting, getSettings } from '../settings/settings.ts'
import { userRegistered } from './events.ts'
import { hashPassword } from './passwords.ts'
import {
  identities,
  type Metadata,
  members,
  organizations,
  type User,
  type UserStatus,
  users,
} from './schema.ts'

/** An address as people type it, kept in lower case. */
export const Email = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .pipe(z.email({ error: 'This is not an e-mail address' }))
export const Name = z.string().trim().max(100)
export const Password = z.string().max(1024, 'The password is too long')

export const Register = z.strictObject({ email: Email, password: Password, name: Name.optional() })
export type Register = z.infer<typeof Register>

/** @throws AppError `password_too_short`, as the settings have it. */
export async function checkPassword(app: App, password: string, field = 'password'): Promise<void> {
  const min = await getSetting(app, 'password_min_length')
  if ([...password].length >= min) return
  const message = `The password needs at least ${min} characters.`
  throw new AppError('invalid', 'validation_error', message, {
    errors: [{ path: field, message }],
    params: { min },
  })
}

/**
 * Makes an account with an organization of its own, on the default plan.
 * @throws AppError `registration_disabled`, `email_taken`.
 */
export async function registerCustomer(app: App, actor: Actor, input: Register): Promise<User> {
  const settings = await getSettings(app)
  if (!settings.portal_registration_enabled) {
    throw new AppError(
      'forbidden',
      'registration_disabled',
      'Registration is closed. Ask the operator for an account.',
    )
  }
  await checkPassword(app, input.password)
  const passwordHash = await hashPassword(input.password)
  return inTransaction(app, async (tx) => {
    const plan = await findDefaultPlan(tx)
    const user = await insertAccount(tx, {
      email: input.email,
      name: input.name ?? '',
      role: 'customer',
      status: settings.require_email_verification ? 'pending' : 'active',
      isVerified: false,
      planId: plan?.id ?? null,
      passwordHash,
    })
    await recordAudit(tx, actor, {
      action: 'users.registered',
      target: { type: 'user', id: user.id },
    })
    await tx.jobs.announce(userRegistered, { userId: user.id })
    return user
  })
}

export type NewAccount = {
  id?: string
  email: string
  name: string
  role: Role
  status: UserStatus
  /** The address is known to be the person's own. */
  isVerified: boolean
  planId: string | null
  metadata?: Metadata
  /** Null for an account that cannot sign in by password yet. */
  passwordHash: string | null
}

/** Writes the rows of an account: the user, the password, the organization, the membership. */
export async function insertAccount(tx: App, account: NewAccount): Promise<User> {
  const now = tx.now()
  const at = now.getTime()
  const [user] = await tx.db
    .insert(users)
    .values({
      id: account.id ?? newId('usr', at),
      email: account.email.toLowerCase(),
      name: account.name,
      role: account.role,
      status: account.status,
      emailVerified: account.isVerified,
      emailVerifiedAt: account.isVerified ? now : null,
      metadata: account.metadata ?? {},
      createdAt: now,
      updatedAt: now,
    })
    .returning()
    .catch((error: unknown) => {
      if (!isUniqueViolation(error)) throw error
      const taken = isUniqueViolation(error, 'users_email') ? 'email' : 'id'
      throw new AppError(
        'conflict',
        `${taken}_taken`,
        `There is an account with this ${taken} already.`,
      )
    })
  if (account.passwordHash) {
    await tx.db.insert(identities).values({
      id: newId('acc', at),
      userId: user!.id,
      accountId: user!.id,
      providerId: 'credential',
      password: account.passwordHash,
    })
  }
  const organizationId = newId('org', at)
  await tx.db.insert(organizations).values({
    id: organizationId,
    slug: organizationId,
    name: account.name || account.email,
    ownerId: user!.id,
    planId: account.planId,
    createdAt: now,
  })
  await tx.db.insert(members).values({
    id: newId('mem', at),
    organizationId,
    userId: user!.id,
    role: 'owner',
    createdAt: now,
  })
  return user!
}

/** A user by id or e-mail. */
export async function findUser(app: App, idOrEmail: string): Promise<User | undefined> {
  const [user] = await app.db
    .select()
    .from(users)
    .where(sql`${users.id} = ${idOrEmail} or lower(${users.email}) = ${idOrEmail.toLowerCase()}`)
  return user
}
