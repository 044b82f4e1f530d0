import { and, desc, eq, lt } from 'drizzle-orm'
import { type Actor, requireOrganization, requireUser } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { fieldError, notFound } from '../../core/errors.ts'
import {
  decodeTimeCursor,
  isAfter,
  type Page,
  type PageQuery,
  toPage,
} from '../../core/http/pagination.ts'
import { lockOrganization } from '../accounts/organizations.ts'
import { users } from '../accounts/schema.ts'
import { recordAudit } from '../audit/audit.ts'
import { findMember } from './members.ts'
import { invitations } from './schema.ts'
import { sendInvitation } from './send-invitation.ts'
import type { Invite } from './team-input.ts'
import { type InvitationJson, toInvitationJson } from './team-json.ts'

const keptMs = 30 * 86_400_000

/** The organization's invitations that were not accepted yet, newest first. */
export async function listInvitations(
  app: App,
  actor: Actor,
  query: PageQuery,
): Promise<Page<InvitationJson>> {
  const organizationId = requireOrganization(actor, 'members:read')
  const rows = await selectInvitations(app)
    .where(
      and(
        eq(invitations.organizationId, organizationId),
        isAfter(decodeTimeCursor(query.cursor), invitations.createdAt, invitations.id),
      ),
    )
    .orderBy(desc(invitations.createdAt), desc(invitations.id))
    .limit(query.limit + 1)
  const page = toPage(rows, query.limit, ({ invitation }) => [
    invitation.createdAt.getTime(),
    invitation.id,
  ])
  return { ...page, data: page.data.map(toInvitationJson) }
}

/**
 * Invites an address by mail, whether it has an account or not: the answer does not tell. Inviting
 * it again sends another link with the role given last, and ends the first.
 * @throws AppError `already_member`, `too_many_invitations`, `invitations_disabled`, `email_unverified`.
 */
export async function inviteMember(app: App, actor: Actor, input: Invite): Promise<InvitationJson> {
  const organizationId = requireOrganization(actor, 'members:write')
  return inTransaction(app, async (tx) => {
    const organization = await lockOrganization(tx, organizationId)
    if (await findMember(tx, organizationId, input.email))
      throw fieldError('conflict', 'already_member', 'email', 'This person is a member already.')
    return sendInvitation(tx, requireUser(actor), organization, input)
  })
}

/** Sends another link for another seven days, and ends the first. */
export async function resendInvitation(
  app: App,
  actor: Actor,
  id: string,
): Promise<InvitationJson> {
  const organizationId = requireOrganization(actor, 'members:write')
  return inTransaction(app, async (tx) => {
    const organization = await lockOrganization(tx, organizationId)
    const [row] = await tx.db.select().from(invitations).where(isOne(organizationId, id))
    if (!row) throw notFound('invitation')
    return sendInvitation(tx, requireUser(actor), organization, row)
  })
}

/** Ends an invitation: its link opens nothing any more. */
export async function revokeInvitation(app: App, actor: Actor, id: string): Promise<void> {
  const organizationId = requireOrganization(actor, 'members:write')
  await inTransaction(app, async (tx) => {
    const [row] = await tx.db.delete(invitations).where(isOne(organizationId, id)).returning()
    if (!row) throw notFound('invitation')
    await recordAudit(tx, actor, {
      action: 'invitations.revoked',
      target: { type: 'invitation', id },
      organizationId,
      changes: { email: row.email },
    })
  })
}

/** Forgets invitations that ended long ago. */
export async function pruneInvitations(app: App): Promise<void> {
  const oldest = new Date(app.now().getTime() - keptMs)
  await app.db.delete(invitations).where(lt(invitations.expiresAt, oldest))
}

const isOne = (organizationId: string, id: string) =>
  and(eq(invitations.id, id), eq(invitations.organizationId, organizationId))

const selectInvitations = (app: App) =>
  app.db
    .select({ invitation: invitations, inviter: users.email })
    .from(invitations)
    .leftJoin(users, eq(users.id, invitations.invitedBy))
