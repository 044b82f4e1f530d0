import { z } from '@hono/zod-openapi'
import { and, count, eq, isNull, notExists } from 'drizzle-orm'
import { type Actor, requireOrganization, requireUser, type UserActor } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { lockOrganization, type Membership } from '../accounts/organizations.ts'
import { members, organizations, sessions, users } from '../accounts/schema.ts'
import { recordAudit } from '../audit/audit.ts'
import { passkeys } from './schema.ts'

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
  const passkey = app.db.select().from(passkeys).where(eq(passkeys.userId, members.userId))
  const [without] = await app.db
    .select({ count: count() })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(
      and(eq(members.organizationId, id), isNull(users.twoFactorEnabledAt), notExists(passkey)),
    )
  return { required: organization!.required, members_without: without!.count }
}

/**
 * Lets the organization require a second factor of every member, or no longer, from the next request on.
 * @throws AppError `two_factor_not_enabled` while the owner has none, who would be locked out.
 */
export async function setTwoFactorRule(
  app: App,
  actor: Actor,
  { required }: TwoFactorRule,
): Promise<void> {
  const id = requireOrganization(actor, 'organization:write')
  await inTransaction(app, async (tx) => {
    const { requiresTwoFactor } = await lockOrganization(tx, id)
    if (required === requiresTwoFactor) return
    if (required && !(await hasShownBoth(tx, actor))) {
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

/**
 * The signed-in person as a member of one of their organizations, whichever they work in now. The
 * operator who acts as them has shown their own factors.
 */
export async function asMemberOf(
  app: App,
  user: UserActor,
  { organizationId, role, requiresTwoFactor }: Membership,
): Promise<UserActor> {
  const lacksTwoFactor = requiresTwoFactor && !user.operator && !(await hasShownBoth(app, user))
  return { ...user, organizationId, memberRole: role, lacksTwoFactor }
}

/** True for who signs in with codes, or has signed in with a passkey now. */
async function hasShownBoth(app: App, actor: Actor): Promise<boolean> {
  const { userId, sessionId, operator } = requireUser(actor)
  const [row] = await app.db
    .select({ enabledAt: users.twoFactorEnabledAt, isByPasskey: sessions.isByPasskey })
    .from(users)
    .leftJoin(sessions, and(eq(sessions.id, sessionId), eq(sessions.userId, users.id)))
    .where(eq(users.id, operator?.userId ?? userId))
  return row !== undefined && (row.enabledAt !== null || row.isByPasskey === true)
}
