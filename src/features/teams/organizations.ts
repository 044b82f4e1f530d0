import { eq } from 'drizzle-orm'
import {
  type Actor,
  requireActiveUser,
  requireConfirmedUser,
  requireOrganization,
  requireUser,
} from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { isUniqueViolation } from '../../core/db/violations.ts'
import { AppError, notFound } from '../../core/errors.ts'
import {
  assertNoOthers,
  insertOrganization,
  listMemberships,
  lockOrganization,
  type Membership,
  removeOrganization,
} from '../accounts/organizations.ts'
import { assertPassword } from '../accounts/passwords.ts'
import { assertRegistrationOpen } from '../accounts/registration.ts'
import { organizations, sessions, users } from '../accounts/schema.ts'
import { recordAudit } from '../audit/audit.ts'
import { findDefaultPlan } from '../plans/plans.ts'
import type { NameOrganization } from './team-input.ts'
import type { OrganizationJson } from './team-json.ts'

/** The organizations that the caller belongs to, the own one first. */
export async function listOrganizations(app: App, actor: Actor): Promise<OrganizationJson[]> {
  const { userId, organizationId } = requireUser(actor)
  const memberships = await listMemberships(app, userId)
  return memberships.map((membership) => toOrganizationJson(membership, organizationId))
}

/** Lets the session, and the sessions that the person opens from now on, work in this organization. */
export async function activateOrganization(
  app: App,
  actor: Actor,
  id: string,
): Promise<OrganizationJson> {
  const user = requireActiveUser(actor)
  const memberships = await listMemberships(app, user.userId)
  const membership = memberships.find(({ organizationId }) => organizationId === id)
  if (!membership) throw notFound('organization')
  await inTransaction(app, (tx) => workIn(tx, user, id))
  return toOrganizationJson(membership, id)
}

/** Remembers where a person works. */
export async function workIn(
  tx: App,
  { userId, sessionId }: { userId: string; sessionId: string | null },
  organizationId: string,
): Promise<void> {
  await tx.db.update(users).set({ lastOrganizationId: organizationId }).where(eq(users.id, userId))
  if (sessionId)
    await tx.db
      .update(sessions)
      .set({ activeOrganizationId: organizationId })
      .where(eq(sessions.id, sessionId))
}

/**
 * Makes an organization for a person who owns none, on the default plan, as registering does.
 * @throws AppError `owns_organization`, `registration_disabled`.
 */
export async function createOrganization(
  app: App,
  actor: Actor,
  { name }: NameOrganization,
): Promise<OrganizationJson> {
  const user = requireConfirmedUser(actor)
  await assertRegistrationOpen(app)
  const plan = await findDefaultPlan(app)
  return inTransaction(app, async (tx) => {
    const planId = plan?.id ?? null
    const id = await insertOrganization(tx, { ownerId: user.userId, name, planId }).catch(
      (error: unknown) => {
        if (!isUniqueViolation(error, 'organizations_owner')) throw error
        throw new AppError('conflict', 'owns_organization', 'You own an organization already.')
      },
    )
    await workIn(tx, user, id)
    await recordAudit(tx, actor, {
      action: 'organizations.created',
      target: { type: 'organization', id },
      organizationId: id,
      changes: { name },
    })
    return { id, name, role: 'owner', is_active: true }
  })
}

export async function renameOrganization(
  app: App,
  actor: Actor,
  { name }: NameOrganization,
): Promise<OrganizationJson> {
  const id = requireOrganization(actor, 'organization:write')
  await inTransaction(app, async (tx) => {
    const before = await lockOrganization(tx, id)
    await tx.db.update(organizations).set({ name }).where(eq(organizations.id, id))
    await recordAudit(tx, actor, {
      action: 'organizations.renamed',
      target: { type: 'organization', id },
      organizationId: id,
      changes: { name: { from: before.name, to: name } },
    })
  })
  return { id, name, role: 'owner', is_active: true }
}

/**
 * Removes the organization with its keys and its usage. Asks for the owner's password.
 * @throws AppError `organization_has_members` while others belong to it.
 */
export async function deleteOrganization(app: App, actor: Actor, password: string): Promise<void> {
  const id = requireOrganization(actor, 'organization:write')
  await assertPassword(app, actor, password, 'password')
  await inTransaction(app, async (tx) => {
    await assertNoOthers(tx, id)
    await removeOrganization(tx, actor, id)
  })
}

const toOrganizationJson = (
  { organizationId, name, role }: Membership,
  activeId: string | null,
): OrganizationJson => ({ id: organizationId, name, role, is_active: organizationId === activeId })
