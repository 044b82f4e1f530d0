import { and, desc, eq, ilike, lt, or, sql } from 'drizzle-orm'
import { type Actor, requireAdmin } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { isUniqueViolation } from '../../core/db/violations.ts'
import { invalidInput, notFound } from '../../core/errors.ts'
import { decodeTimeCursor, isAfter, type Page, toPage } from '../../core/http/pagination.ts'
import { forgetAnswersTo } from '../../core/idempotency/idempotency.ts'
import { forgetMails } from '../../core/mail/mail.ts'
import { recordAudit } from '../audit/audit.ts'
import { eraseFromAudit } from '../audit/erase-audit.ts'
import { findDefaultPlan, getPlan } from '../plans/plans.ts'
import { userDeleted, userSuspended } from './events.ts'
import { listMemberships, removeOrganization, signalOwner } from './organizations.ts'
import { hashPassword } from './password-hash.ts'
import { checkPassword } from './password-rules.ts'
import { setPasswordOf } from './passwords.ts'
import { emailTaken, findUser, insertAccount } from './registration.ts'
import { organizations, type User, type UserStatus, users } from './schema.ts'
import type { CreateUser, ListUsers, UpdateUser } from './user-input.ts'
import { mailUser, tellPasswordChanged } from './user-mails.tsx'
import { markVerified } from './verification.ts'

export { CreateUser, ListUsers, UpdateUser } from './user-input.ts'

/** A user with the organization that is theirs and its plan. */
export type UserWithPlan = User & { organizationId: string | null; planId: string | null }

const selectUsers = (app: App) =>
  app.db
    .select({ user: users, organizationId: organizations.id, planId: organizations.planId })
    .from(users)
    .leftJoin(organizations, eq(organizations.ownerId, users.id))

type Row = Awaited<ReturnType<typeof selectUsers>>[number]
const merge = ({ user, organizationId, planId }: Row): UserWithPlan => ({
  ...user,
  organizationId,
  planId,
})

/** A user by id or e-mail. */
export async function getUser(app: App, actor: Actor, idOrEmail: string): Promise<UserWithPlan> {
  requireAdmin(actor)
  const user = await findUser(app, idOrEmail)
  const [row] = user ? await selectUsers(app).where(eq(users.id, user.id)) : []
  if (!row) throw notFound('user')
  return merge(row)
}

/** Users, newest first. `inactive_days` looks at the last sign-in or, without one, at creation. */
export async function listUsers(
  app: App,
  actor: Actor,
  query: ListUsers,
): Promise<Page<UserWithPlan>> {
  requireAdmin(actor)
  const after = decodeTimeCursor(query.cursor)
  const plan = query.plan_id ? await getPlan(app, query.plan_id) : null
  const like = query.q ? `%${query.q.replace(/[\\%_]/g, '\\$&')}%` : null
  const activeSince =
    query.inactive_days === undefined
      ? null
      : new Date(app.now().getTime() - query.inactive_days * 86_400_000)
  const rows = await selectUsers(app)
    .where(
      and(
        plan ? eq(organizations.planId, plan.id) : undefined,
        query.status ? eq(users.status, query.status) : undefined,
        query.role ? eq(users.role, query.role) : undefined,
        like ? or(ilike(users.email, like), ilike(users.name, like)) : undefined,
        activeSince
          ? lt(sql`coalesce(${users.lastLoginAt}, ${users.createdAt})`, activeSince)
          : undefined,
        isAfter(after, users.createdAt, users.id),
      ),
    )
    .orderBy(desc(users.createdAt), desc(users.id))
    .limit(query.limit + 1)
  return toPage(rows.map(merge), query.limit, (user) => [user.createdAt.getTime(), user.id])
}

/** Makes a user for the operator: active and verified unless said otherwise, on the default plan. */
export async function createUser(app: App, actor: Actor, input: CreateUser): Promise<UserWithPlan> {
  requireAdmin(actor)
  if (input.password !== undefined) await checkPassword(app, input.password, input.email)
  const passwordHash = input.password === undefined ? null : await hashPassword(input.password)
  const plan = input.plan_id ? await getPlan(app, input.plan_id) : await findDefaultPlan(app)
  return inTransaction(app, async (tx) => {
    const { user, organizationId } = await insertAccount(tx, {
      id: input.id,
      email: input.email,
      name: input.name ?? '',
      role: input.role ?? 'customer',
      status: input.status ?? 'active',
      isVerified: input.status !== 'pending',
      planId: plan?.id ?? null,
      metadata: input.metadata,
      passwordHash,
    })
    const { password: _, ...changes } = input
    await recordAudit(tx, actor, {
      action: 'users.created',
      target: { type: 'user', id: user.id },
      organizationId,
      changes,
    })
    return getUser(tx, actor, user.id)
  })
}

/** Changes what is given and leaves the rest; `metadata` is replaced whole. */
export async function updateUser(
  app: App,
  actor: Actor,
  idOrEmail: string,
  input: UpdateUser,
): Promise<UserWithPlan> {
  requireAdmin(actor)
  return inTransaction(app, async (tx) => {
    const user = await getUser(tx, actor, idOrEmail)
    const { plan_id, stripe_customer_id, ...columns } = input
    await tx.db
      .update(users)
      .set({ ...columns, stripeCustomerId: stripe_customer_id, updatedAt: app.now() })
      .where(eq(users.id, user.id))
      .catch((error: unknown) => {
        if (!isUniqueViolation(error, 'users_email')) throw error
        throw emailTaken()
      })
    if (plan_id) {
      if (!user.organizationId)
        throw invalidInput('plan_id', 'This person owns no organization that could have a plan.')
      const plan = await getPlan(tx, plan_id)
      await tx.db
        .update(organizations)
        .set({ planId: plan.id })
        .where(eq(organizations.id, user.organizationId))
    }
    await recordAudit(tx, actor, {
      action: 'users.updated',
      target: { type: 'user', id: user.id },
      organizationId: user.organizationId,
      changes: input,
    })
    if (input.status === 'suspended' && user.status !== 'suspended')
      await tx.jobs.announce(userSuspended, { userId: user.id })
    await signalOwner(tx, user.id)
    return getUser(tx, actor, user.id)
  })
}

/** Stops every key of the user from the next request on. The portal shows only that it is so. */
export async function suspendUser(
  app: App,
  actor: Actor,
  idOrEmail: string,
): Promise<UserWithPlan> {
  return setStatus(app, actor, idOrEmail, 'suspended')
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
  status: UserStatus,
): Promise<UserWithPlan> {
  requireAdmin(actor)
  return inTransaction(app, async (tx) => {
    const user = await getUser(tx, actor, idOrEmail)
    await tx.db.update(users).set({ status, updatedAt: app.now() }).where(eq(users.id, user.id))
    const action = status === 'suspended' ? 'users.suspended' : 'users.activated'
    await recordAudit(tx, actor, {
      action,
      target: { type: 'user', id: user.id },
      organizationId: user.organizationId,
    })
    if (status === 'suspended') await tx.jobs.announce(userSuspended, { userId: user.id })
    await signalOwner(tx, user.id)
    return { ...user, status }
  })
}

/**
 * Removes a user, and the organization that they own with its keys, its usage and everybody's
 * membership in it. The audit log stays, without what is personal.
 */
export async function deleteUser(app: App, actor: Actor, idOrEmail: string): Promise<void> {
  requireAdmin(actor)
  const user = await getUser(app, actor, idOrEmail)
  await inTransaction(app, (tx) => removeUser(tx, actor, user.id, 'users.deleted'))
}

/** Removes a user's rows, for whoever may: the operator, or the user. */
export async function removeUser(
  tx: App,
  actor: Actor,
  userId: string,
  action: 'users.deleted' | 'profile.deleted',
): Promise<void> {
  const user = (await findUser(tx, userId))!
  const target = { type: 'user', id: userId }
  const memberships = await listMemberships(tx, userId)
  for (const { organizationId, role } of memberships) {
    if (role === 'owner') await removeOrganization(tx, actor, organizationId)
    else await recordAudit(tx, actor, { action: 'members.left', target, organizationId })
  }
  await tx.db.delete(users).where(eq(users.id, userId))
  await forgetMails(tx, user.email)
  await forgetAnswersTo(tx, userId)
  await mailUser(tx, user, 'deleted')
  await recordAudit(tx, actor, { action, target })
  const owned = memberships.filter(({ role }) => role === 'owner')
  const organizationIds = owned.map(({ organizationId }) => organizationId)
  await eraseFromAudit(tx, { userId, email: user.email, organizationIds })
  await tx.jobs.announce(userDeleted, { userId })
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
    await recordAudit(tx, actor, {
      action: 'users.password_set',
      target: { type: 'user', id: user.id },
    })
  })
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

/** How many customers there are, and how many of them are suspended. */
export async function countUsers(
  app: App,
  actor: Actor,
): Promise<{ total: number; suspended: number }> {
  requireAdmin(actor)
  const isCustomer = eq(users.role, 'customer')
  const [total, suspended] = await Promise.all([
    app.db.$count(users, isCustomer),
    app.db.$count(users, and(isCustomer, eq(users.status, 'suspended'))),
  ])
  return { total, suspended }
}
