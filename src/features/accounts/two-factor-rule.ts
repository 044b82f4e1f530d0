import { z } from '@hono/zod-openapi'
import { and, eq, isNull } from 'drizzle-orm'
import { type Actor, requireOrganization } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { recordAudit } from '../audit/audit.ts'
import { lockOrganization } from './organizations.ts'
import { findUser } from './registration.ts'
import { members, organizations, users } from './schema.ts'

export const TwoFactorRule = z
  .strictObject({ required: z.boolean() })
  .openapi('OrganizationTwoFactor')
export type TwoFactorRule = z.infer<typeof TwoFactorRule>

/** Whether the organization requires a second factor, and how many members have set up none. */
export async function getTwoFactorRule(
  app: App,
  actor: Actor,
): Promise<TwoFactorRule & { members_without: number }> {
  const id = requireOrganization(actor, 'organization:write')
  const [organization] = await app.db
    .select({ required: organizations.requiresTwoFactor })
    .from(organizations)
    .where(eq(organizations.id, id))
  const without = await app.db
    .select({ id: users.id })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.organizationId, id), isNull(users.twoFactorEnabledAt)))
  return { required: organization!.required, members_without: without.length }
}

/**
 * Lets the organization require a second factor of every member, or no longer, from the next request on.
 * @throws AppError `two_factor_not_enabled` while the owner has none.
 */
export async function setTwoFactorRule(
  app: App,
  actor: Actor,
  { required }: TwoFactorRule,
): Promise<void> {
  const id = requireOrganization(actor, 'organization:write')
  await inTransaction(app, async (tx) => {
    const { ownerId, requiresTwoFactor } = await lockOrganization(tx, id)
    if (required === requiresTwoFactor) return
    const owner = await findUser(tx, ownerId)
    if (required && !owner?.twoFactorEnabledAt) {
      throw new AppError(
        'conflict',
        'two_factor_not_enabled',
        'Set up two-factor authentication for yourself first.',
      )
    }
    await tx.db
      .update(organizations)
      .set({ requiresTwoFactor: required })
      .where(eq(organizations.id, id))
    await recordAudit(tx, actor, {
      action: 'organizations.two_factor_rule_changed',
      target: { type: 'organization', id },
      organizationId: id,
      changes: { required },
    })
  })
}
