import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import { type Actor, requireOrganization, requireUser } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError, invalidInput } from '../../core/errors.ts'
import { countOthers, removeOrganization } from '../accounts/organizations.ts'
import { assertPassword } from '../accounts/passwords.ts'
import { members, type Organization, organizations } from '../accounts/schema.ts'
import { mailUser } from '../accounts/user-mails.tsx'
import { findUser } from '../accounts/user-rows.ts'
import { recordAudit } from '../audit/audit.ts'
import { auditLog } from '../audit/schema.ts'
import { findDefaultPlan } from '../plans/plans.ts'
import type { MemberJson } from './team-json.ts'

/**
 * Makes another member the owner; the former one stays as a developer. From the next request on the
 * keys answer for the new owner. A person owns one organization: one of the new owner's own that
 * was never used goes, one that was used stands in the way.
 * @throws AppError `invalid_credentials`, `member_not_active`, `owns_organization`.
 */
export async function handOver(
  app: App,
  actor: Actor,
  { user_id }: Pick<MemberJson, 'user_id'>,
  password: string | undefined,
): Promise<void> {
  const organizationId = requireOrganization(actor, 'members:write')
  const { userId } = requireUser(actor)
  if (password === undefined) throw invalidInput('password', 'Enter your password.')
  await assertPassword(app, actor, password, 'password')
  await inTransaction(app, async (tx) => {
    const held = await lockOrganizationsOf(tx, [userId, user_id])
    const organization = held.find(({ id, ownerId }) => id === organizationId && ownerId === userId)
    const user = await findUser(tx, user_id)
    const isMember = organization && user && (await hasMember(tx, organizationId, user_id))
    if (!isMember) throw changedMeanwhile()
    if (user.status !== 'active') throw notActive()
    const own = held.find(({ ownerId }) => ownerId === user_id)
    if (own) await giveUp(tx, actor, own)
    await tx.db
      .update(organizations)
      .set({ ownerId: user_id })
      .where(eq(organizations.id, organizationId))
    await setRole(tx, organizationId, userId, 'developer')
    await setRole(tx, organizationId, user_id, 'owner')
    await recordAudit(tx, actor, {
      action: 'organizations.owner_changed',
      target: { type: 'organization', id: organizationId },
      organizationId,
      changes: { owner: { from: userId, to: user_id } },
    })
    const params = { organization: organization.name, owner: user.email }
    await mailUser(tx, user, 'owner', { path: '/team', params })
    await mailUser(tx, (await findUser(tx, userId))!, 'formerOwner', { path: '/team', params })
    await tx.signals.send({ topic: 'organizations', ids: [organizationId] })
  })
}

/** In the order of their ids, so that two who hand over to each other do not wait for ever. */
function lockOrganizationsOf(tx: App, userIds: string[]): Promise<Organization[]> {
  return tx.db
    .select()
    .from(organizations)
    .where(inArray(organizations.ownerId, userIds))
    .orderBy(asc(organizations.id))
    .for('update')
}

async function hasMember(tx: App, organizationId: string, userId: string): Promise<boolean> {
  return (await tx.db.$count(members, isMembership(organizationId, userId))) > 0
}

async function setRole(
  tx: App,
  organizationId: string,
  userId: string,
  role: 'owner' | 'developer',
): Promise<void> {
  await tx.db.update(members).set({ role }).where(isMembership(organizationId, userId))
}

/** The row of one person in one organization. */
export const isMembership = (organizationId: string, userId: string) =>
  and(eq(members.organizationId, organizationId), eq(members.userId, userId))

/** Removes an organization that nobody has used, as registering made it. */
async function giveUp(tx: App, actor: Actor, organization: Organization): Promise<void> {
  if (await isUsed(tx, organization)) {
    throw new AppError(
      'conflict',
      'owns_organization',
      'This person owns {{name}}, and can own one organization only. They can hand it over or delete it.',
      { params: { name: organization.name } },
    )
  }
  await removeOrganization(tx, actor, organization.id)
}

/** All that happens in an organization stands in the audit log: one with nothing there but its making is as new. */
async function isUsed(tx: App, { id, ownerId, planId }: Organization): Promise<boolean> {
  const isDefaultPlan = planId === null || planId === (await findDefaultPlan(tx))?.id
  if (!isDefaultPlan || (await countOthers(tx, id, ownerId)) > 0) return true
  const isAboutMore = sql`${auditLog.action} !~ '^(users|profile)[.]|^organizations[.]created$'`
  return (await tx.db.$count(auditLog, and(eq(auditLog.organizationId, id), isAboutMore))) > 0
}

function notActive(): AppError {
  const message = 'Only somebody whose account is active can own an organization.'
  return new AppError('conflict', 'member_not_active', message)
}

function changedMeanwhile(): AppError {
  const message = 'Somebody has changed this in the meantime. Look at the members again.'
  return new AppError('conflict', 'changed_meanwhile', message)
}
