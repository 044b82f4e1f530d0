import { and, asc, eq, ne, sql } from 'drizzle-orm'
import type { Actor, MemberRole } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { insertRows } from '../../core/db/insert-rows.ts'
import { AppError, invalidInput, notFound } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { recordAudit } from '../audit/audit.ts'
import { type Plan, plans } from '../plans/schema.ts'
import { organizationDeleted } from './events.ts'
import { members, organizations } from './schema.ts'

export type Membership = {
  organizationId: string
  name: string
  role: MemberRole
  requiresTwoFactor: boolean
}

/** The organizations that a person belongs to: their own first, then in the order of joining. */
export function listMemberships(app: App, userId: string): Promise<Membership[]> {
  return app.db
    .select({
      organizationId: members.organizationId,
      name: organizations.name,
      role: members.role,
      requiresTwoFactor: organizations.requiresTwoFactor,
    })
    .from(members)
    .innerJoin(organizations, eq(organizations.id, members.organizationId))
    .where(eq(members.userId, userId))
    .orderBy(sql`${members.role} = 'owner' desc`, asc(members.createdAt), asc(members.id))
}

type NewOrganization = { ownerId: string; name: string; planId: string | null }

/** Makes an organization with its owner as the first member. */
export async function insertOrganization(tx: App, given: NewOrganization): Promise<string> {
  const [id] = await insertOrganizations(tx, [given])
  return id!
}

/** As `insertOrganization`, for many at once. Their ids come in the same order. */
export async function insertOrganizations(tx: App, given: NewOrganization[]): Promise<string[]> {
  const createdAt = tx.now()
  const at = createdAt.getTime()
  const rows = given.map((organization) => {
    const id = newId('org', at)
    return { id, slug: id, createdAt, ...organization }
  })
  await insertRows(tx.db, organizations, rows)
  const owners = rows.map(({ id: organizationId, ownerId: userId }) => ({
    ...{ id: newId('mem', at), organizationId, userId, role: 'owner' as const, createdAt },
  }))
  await insertRows(tx.db, members, owners)
  return rows.map(({ id }) => id)
}

/** Adds a member. False when the person is one already. */
export async function insertMember(
  tx: App,
  member: { organizationId: string; userId: string; role: MemberRole },
): Promise<boolean> {
  const now = tx.now()
  const added = await tx.db
    .insert(members)
    .values({ id: newId('mem', now.getTime()), createdAt: now, ...member })
    .onConflictDoNothing({ target: [members.organizationId, members.userId] })
    .returning({ id: members.id })
  return added.length > 0
}

/**
 * Holds an organization's row until the transaction ends, so that two requests cannot both take
 * the last of something, nor decide at once who belongs to it.
 */
export async function lockOrganization(tx: App, id: string) {
  const [row] = await tx.db
    .select()
    .from(organizations)
    .where(eq(organizations.id, id))
    .for('update')
  if (!row) throw notFound('organization')
  return row
}

/** The plan of an organization, or null when it has none; with `lock`, as `lockOrganization`. */
export async function getPlanOf(
  app: App,
  organizationId: string,
  { lock = false } = {},
): Promise<Plan | null> {
  if (lock) await lockOrganization(app, organizationId)
  const [row] = await app.db
    .select({ plan: plans })
    .from(organizations)
    .leftJoin(plans, eq(plans.id, organizations.planId))
    .where(eq(organizations.id, organizationId))
  if (!row) throw notFound('organization')
  return row.plan
}

/** How many belong to an organization beside this person. */
export function countOthers(app: App, organizationId: string, userId: string): Promise<number> {
  return app.db.$count(
    members,
    and(eq(members.organizationId, organizationId), ne(members.userId, userId)),
  )
}

export type OwnOrganization = { id: string; name: string; others: number }

/** The organization that a person owns, with how many belong to it beside them. */
export async function findOwnOrganization(
  app: App,
  userId: string,
): Promise<OwnOrganization | null> {
  const memberships = await listMemberships(app, userId)
  const own = memberships.find(({ role }) => role === 'owner')
  if (!own) return null
  const { organizationId: id, name } = own
  return { id, name, others: await countOthers(app, id, userId) }
}

/** @throws AppError `organization_has_members` while somebody beside the owner belongs to it. */
export async function assertNoOthers(tx: App, organizationId: string): Promise<void> {
  const { ownerId, name } = await lockOrganization(tx, organizationId)
  if ((await countOthers(tx, organizationId, ownerId)) === 0) return
  throw new AppError(
    'conflict',
    'organization_has_members',
    'Others belong to {{name}}. Make one of them the owner, or remove them first.',
    { params: { name } },
  )
}

export function noOrganization(): AppError {
  return invalidInput('plan_id', 'This person owns no organization that could have a plan.')
}

/** Removes an organization with its keys, members and usage. */
export async function removeOrganization(tx: App, actor: Actor, id: string): Promise<void> {
  await tx.db.delete(organizations).where(eq(organizations.id, id))
  await recordAudit(tx, actor, {
    action: 'organizations.deleted',
    target: { type: 'organization', id },
    organizationId: id,
  })
  await tx.jobs.announce(organizationDeleted, { organizationId: id })
  await tx.signals.send({ topic: 'organizations', ids: [id] })
}

/** Tells the gateway that something about a user, whose organization's keys they answer for, has changed. */
export async function signalOwner(tx: App, userId: string): Promise<void> {
  const owned = await tx.db
    .select({ id: organizations.id })
    .from(organizations)
    .where(eq(organizations.ownerId, userId))
  if (owned.length > 0)
    await tx.signals.send({ topic: 'organizations', ids: owned.map(({ id }) => id) })
}
