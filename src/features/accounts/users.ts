import { eq, sql } from 'drizzle-orm'
import { type Actor, requireAdmin } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { isUniqueViolation } from '../../core/db/violations.ts'
import { invalidInput, notFound } from '../../core/errors.ts'
import { recordAudit } from '../audit/audit.ts'
import { changesOf } from '../audit/changes.ts'
import { findDefaultPlan, getPlan } from '../plans/plans.ts'
import { userSuspended } from './events.ts'
import { assertAdminRemains } from './last-admin.ts'
import { findUsers, type UserWithPlan } from './list-users.ts'
import { noOrganization, signalOwner } from './organizations.ts'
import { hashPassword } from './password-hash.ts'
import { checkPassword } from './password-rules.ts'
import { setPasswordOf } from './passwords.ts'
import { endProofs, issueProof } from './proofs.ts'
import { organizations, type User, type UserStatus, users } from './schema.ts'
import { tellPlanChanged } from './tell-plan-changed.ts'
import { recordUserAudit } from './user-audit.ts'
import type { CreateUser, SuspendUser, UpdateUser } from './user-input.ts'
import { toUserJson } from './user-json.ts'
import { mailUser, tellPasswordChanged } from './user-mails.tsx'
import { emailTaken, insertAccount } from './user-rows.ts'
import { markVerified } from './verification.ts'

export type { UserWithPlan } from './list-users.ts'
export { CreateUser, UpdateUser } from './user-input.ts'

/** A user by id or e-mail. */
export async function getUser(app: App, actor: Actor, idOrEmail: string): Promise<UserWithPlan> {
  requireAdmin(actor)
  const isNamed = sql`(${users.id} = ${idOrEmail} or lower(${users.email}) = ${idOrEmail.toLowerCase()})`
  const [user] = await findUsers(app, isNamed, 1)
  if (!user) throw notFound('user')
  return user
}

/**
 * Makes a user for the operator: active and on the default plan unless said otherwise, and verified
 * unless a link proves the address first.
 */
export async function createUser(app: App, actor: Actor, input: CreateUser): Promise<UserWithPlan> {
  requireAdmin(actor)
  const { password, send_invitation: isInvited = false, ...changes } = input
  if (password !== undefined && isInvited)
    throw invalidInput('password', 'Set a password or send a link to choose one, not both.')
  if (password !== undefined) await checkPassword(app, password, input.email)
  const passwordHash = password === undefined ? null : await hashPassword(password)
  const plan = input.plan_id ? await getPlan(app, input.plan_id) : await findDefaultPlan(app)
  return inTransaction(app, async (tx) => {
    const { user, organizationId } = await insertAccount(tx, {
      id: input.id,
      email: input.email,
      name: input.name ?? '',
      role: input.role ?? 'customer',
      status: input.status ?? 'active',
      isVerified: input.status !== 'pending' && !isInvited,
      planId: plan?.id ?? null,
      metadata: input.metadata,
      passwordHash,
    })
    await recordAudit(tx, actor, {
      action: 'users.created',
      target: { type: 'user', id: user.id },
      organizationId,
      changes,
    })
    if (isInvited) await mailInvitation(tx, actor, user)
    return getUser(tx, actor, user.id)
  })
}

/**
 * Changes what is given and leaves the rest; `metadata` is replaced whole.
 * @throws AppError `email_taken`, `last_admin`.
 */
export async function updateUser(
  app: App,
  actor: Actor,
  idOrEmail: string,
  input: UpdateUser,
): Promise<UserWithPlan> {
  requireAdmin(actor)
  return inTransaction(app, async (tx) => {
    const user = await getUser(tx, actor, idOrEmail)
    const { plan_id, stripe_customer_id, status, ...columns } = input
    const isDemoted = input.role !== undefined && input.role !== 'admin'
    if (isDemoted || (status && status !== 'active')) await assertAdminRemains(tx, user)
    await tx.db
      .update(users)
      .set({
        ...columns,
        ...(status && status !== user.status && toStatus(tx, status)),
        stripeCustomerId: stripe_customer_id,
        updatedAt: app.now(),
      })
      .where(eq(users.id, user.id))
      .catch((error: unknown) => {
        if (!isUniqueViolation(error, 'users_email')) throw error
        throw emailTaken()
      })
    if (columns.email && columns.email !== user.email) {
      await endProofs(tx, 'verify-email', user.id)
      await endProofs(tx, 'reset-password', user.id)
    }
    if (plan_id) await setPlan(tx, user, plan_id)
    const updated = await getUser(tx, actor, user.id)
    const changes = changesOf(toUserJson(user), toUserJson(updated), input)
    await recordUserAudit(tx, actor, user.id, 'users.updated', changes)
    if (status === 'suspended' && user.status !== 'suspended')
      await tx.jobs.announce(userSuspended, { userId: user.id })
    await signalOwner(tx, user.id)
    return updated
  })
}

async function setPlan(tx: App, user: UserWithPlan, idOrSlug: string): Promise<void> {
  const plan = await getPlan(tx, idOrSlug)
  if (plan.id === user.planId) return
  const { organizationId } = user
  if (!organizationId) throw noOrganization()
  await tx.db
    .update(organizations)
    .set({ planId: plan.id })
    .where(eq(organizations.id, organizationId))
  await tellPlanChanged(tx, { organizationId, from: user.planId, to: plan.id })
}

/**
 * Stops every key of the user from the next request on. The portal shows only that it is so; the
 * reason is for operators.
 * @throws AppError `last_admin`.
 */
export async function suspendUser(
  app: App,
  actor: Actor,
  idOrEmail: string,
  { reason }: SuspendUser = {},
): Promise<UserWithPlan> {
  return setStatus(app, actor, idOrEmail, 'suspended', reason || null)
}

/** Ends a suspension. */
export async function activateUser(
  app: App,
  actor: Actor,
  idOrEmail: string,
): Promise<UserWithPlan> {
  return setStatus(app, actor, idOrEmail, 'active')
}

async function setStatus(
  app: App,
  actor: Actor,
  idOrEmail: string,
  status: 'active' | 'suspended',
  reason: string | null = null,
): Promise<UserWithPlan> {
  requireAdmin(actor)
  return inTransaction(app, async (tx) => {
    const user = await getUser(tx, actor, idOrEmail)
    if (status === 'suspended') await assertAdminRemains(tx, user)
    await tx.db
      .update(users)
      .set({ ...toStatus(tx, status, reason), updatedAt: app.now() })
      .where(eq(users.id, user.id))
    const isSuspended = status === 'suspended'
    const action = isSuspended ? 'users.suspended' : 'users.activated'
    await recordUserAudit(tx, actor, user.id, action, reason === null ? {} : { reason })
    if (isSuspended) await tx.jobs.announce(userSuspended, { userId: user.id })
    await signalOwner(tx, user.id)
    return getUser(tx, actor, user.id)
  })
}

function toStatus(app: App, status: UserStatus, reason: string | null = null) {
  const suspendedAt = status === 'suspended' ? app.now() : null
  return { status, suspendedAt, suspensionReason: reason }
}

/** Sets a password for the operator and ends the user's sessions. */
export async function setUserPassword(
  app: App,
  actor: Actor,
  idOrEmail: string,
  password: string,
): Promise<void> {
  requireAdmin(actor)
  await inTransaction(app, async (tx) => {
    const user = await getUser(tx, actor, idOrEmail)
    await setPasswordOf(tx, user.id, password)
    await tellPasswordChanged(tx, actor, user)
    await recordUserAudit(tx, actor, user.id, 'users.password_set')
  })
}

/** Mails a user the link to choose a password, as often as the operator likes; the last one works. */
export async function inviteUser(app: App, actor: Actor, idOrEmail: string): Promise<void> {
  requireAdmin(actor)
  const user = await getUser(app, actor, idOrEmail)
  await inTransaction(app, (tx) => mailInvitation(tx, actor, user))
}

const invitationMs = 7 * 86_400_000

async function mailInvitation(tx: App, actor: Actor, user: User): Promise<void> {
  const token = await issueProof(tx, 'reset-password', user.id, invitationMs)
  const path = `/auth/reset-password?token=${token}`
  await mailUser(tx, user, 'invited', { path, isRoot: true })
  await recordUserAudit(tx, actor, user.id, 'users.invited')
}

/** Marks the address as the user's own; one who waited for that becomes active, a suspended one stays so. */
export async function verifyUser(app: App, actor: Actor, idOrEmail: string): Promise<UserWithPlan> {
  requireAdmin(actor)
  return inTransaction(app, async (tx) => {
    const user = await getUser(tx, actor, idOrEmail)
    await markVerified(tx, actor, user)
    return getUser(tx, actor, user.id)
  })
}
