import { z } from '@hono/zod-openapi'
import type { Actor } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import type { Locale } from '../../core/http/page-context.ts'
import { newId } from '../../core/ids.ts'
import { recordAudit } from '../audit/audit.ts'
import { findDefaultPlan } from '../plans/plans.ts'
import { getSetting } from '../settings/settings.ts'
import { Email, Name, Password } from './account-fields.ts'
import { assertLastingAddress } from './email-rules.ts'
import { takenAddressRegistered, userRegistered } from './events.ts'
import { hashPassword } from './password-hash.ts'
import { checkPassword } from './password-rules.ts'
import type { User } from './schema.ts'
import { tellUser } from './tell-user.ts'
import { mailUser } from './user-mails.tsx'
import { type AccountToWrite, findUser, insertAccount, type Written } from './user-rows.ts'
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
