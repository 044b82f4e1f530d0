import { z } from '@hono/zod-openapi'
import { eq, sql } from 'drizzle-orm'
import type { Actor, Role } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { isUniqueViolation } from '../../core/db/violations.ts'
import { AppError, fieldError, notFound } from '../../core/errors.ts'
import type { Locale } from '../../core/http/page-context.ts'
import { newId } from '../../core/ids.ts'
import { recordAudit } from '../audit/audit.ts'
import { findDefaultPlan } from '../plans/plans.ts'
import { getSetting } from '../settings/settings.ts'
import { Email, Name, Password } from './account-fields.ts'
import { assertLastingAddress } from './email-rules.ts'
import { takenAddressRegistered, userRegistered } from './events.ts'
import { insertOrganization } from './organizations.ts'
import { hashPassword } from './password-hash.ts'
import { checkPassword } from './password-rules.ts'
import { identities, type Metadata, type User, type UserStatus, users } from './schema.ts'
import { tellUser } from './tell-user.ts'
import { mailUser } from './user-mails.tsx'
import { sendVerification } from './verification.ts'

export const Register = z.strictObject({ email: Email, password: Password, name: Name.optional() })
export type Register = z.infer<typeof Register>

export type NewCustomer = {
  user: User
  organizationId: string
  planId: string | null
  isVerificationRequired: boolean
}

/**
 * Makes an account with an organization of its own, on the default plan, and mails its owner. Where
 * addresses must be verified, one that is taken gets the same answer, and its owner a notice.
 * @throws AppError `registration_disabled`, `email_taken`.
 */
export async function registerCustomer(
  app: App,
  actor: Actor,
  input: Register & { locale?: Locale; timezone?: string },
): Promise<NewCustomer> {
  await assertRegistrationOpen(app)
  await assertLastingAddress(app, input.email)
  await checkPassword(app, input.password, input.email)
  const passwordHash = await hashPassword(input.password)
  const isVerificationRequired = await getSetting(app, 'require_email_verification')
  const plan = await findDefaultPlan(app)
  const account = {
    email: input.email,
    name: input.name ?? '',
    role: 'customer' as const,
    status: isVerificationRequired ? ('pending' as const) : ('active' as const),
    isVerified: false,
    planId: plan?.id ?? null,
    locale: input.locale,
    timezone: input.timezone,
    passwordHash,
  }
  const owner = isVerificationRequired ? await findUser(app, input.email) : undefined
  const written = owner
    ? await rehearse(app, actor, account)
    : await inTransaction(app, (tx) => writeAccount(tx, actor, account))
  if (owner) await app.jobs.announce(takenAddressRegistered, { userId: owner.id })
  return { ...written, planId: account.planId, isVerificationRequired }
}

type AccountToWrite = NewAccount & { planId: string | null }
type Written = { user: User; organizationId: string }

/** Makes the account of somebody who came by themselves, and mails them: the welcome, or the link that confirms the address. */
export async function writeAccount(
  tx: App,
  actor: Actor,
  account: AccountToWrite,
): Promise<Written> {
  const { user, organizationId } = await insertAccount(tx, account)
  const target = { type: 'user', id: user.id }
  await recordAudit(tx, actor, { action: 'users.registered', target, organizationId })
  await tx.jobs.announce(userRegistered, { userId: user.id })
  await tellUser(tx, 'account.registered', { user_id: user.id })
  if (user.status === 'pending') await sendVerification(tx, user)
  else await mailUser(tx, user, 'welcome', { path: '/' })
  return { user, organizationId }
}

/**
 * Writes an account for an address that is taken as for a new one, and takes all of it back. What is
 * answered, and after what time, is the same: nobody learns which of the two it was.
 */
async function rehearse(app: App, actor: Actor, account: AccountToWrite): Promise<Written> {
  const takenBack = new Error('a rehearsal')
  let made!: Written
  await inTransaction(app, async (tx) => {
    const email = `${newId('usr', tx.now().getTime())}@rehearsal.invalid`
    made = await writeAccount(tx, actor, { ...account, email })
    throw takenBack
  }).catch((error: unknown) => {
    if (error !== takenBack) throw error
  })
  return { ...made, user: { ...made.user, email: account.email } }
}

/** Tells the owner of an address that somebody tried to register it. */
export async function tellTaken(app: App, userId: string): Promise<void> {
  const owner = await findUser(app, userId)
  if (owner) await inTransaction(app, (tx) => mailUser(tx, owner, 'taken', { path: '/login' }))
}

/** @throws AppError `registration_disabled`. */
export async function assertRegistrationOpen(app: App): Promise<void> {
  if (await getSetting(app, 'portal_registration_enabled')) return
  throw new AppError(
    'forbidden',
    'registration_disabled',
    'Registration is closed. Ask the operator for an account.',
  )
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
