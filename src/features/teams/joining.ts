import { and, eq, gt } from 'drizzle-orm'
import { type Actor, type MemberRole, requireActiveUser } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import type { Locale } from '../../core/http/page-context.ts'
import { userRegistered } from '../accounts/events.ts'
import { insertMember, lockOrganization } from '../accounts/organizations.ts'
import { hashPassword } from '../accounts/password-hash.ts'
import { checkPassword } from '../accounts/password-rules.ts'
import { type Organization, organizations, type User, users } from '../accounts/schema.ts'
import { findUser, insertUser } from '../accounts/user-rows.ts'
import { markVerified } from '../accounts/verification.ts'
import { recordAudit } from '../audit/audit.ts'
import { workIn } from './organizations.ts'
import { type InvitationRow, invitations } from './schema.ts'
import { hashOf } from './send-invitation.ts'
import type { RegisterInvited } from './team-input.ts'
import type { OrganizationJson } from './team-json.ts'

export type OpenInvitation = {
  organization: string
  role: Exclude<MemberRole, 'owner'>
  email: string
  inviter: string | null
  expiresAt: string
  /** There is an account with this address: who holds the token reads the address's mail. */
  hasAccount: boolean
}

/** What the bearer of a token is invited to; null when it is unknown, used, revoked or too old. */
export async function findInvitation(app: App, token: string): Promise<OpenInvitation | null> {
  const [row] = await app.db
    .select({ invitation: invitations, organization: organizations.name, inviter: users.email })
    .from(invitations)
    .innerJoin(organizations, eq(organizations.id, invitations.organizationId))
    .leftJoin(users, eq(users.id, invitations.invitedBy))
    .where(isLive(app, token))
  if (!row) return null
  const { email, role, expiresAt } = row.invitation
  return {
    organization: row.organization,
    role,
    email,
    inviter: row.inviter,
    expiresAt: expiresAt.toISOString(),
    hasAccount: (await findUser(app, email)) !== undefined,
  }
}

/**
 * Makes the caller a member, and lets the session work there. The token came by mail to the very
 * address of the account, and proves it.
 * @throws AppError `invitation_invalid`, `wrong_account`, `already_member`.
 */
export async function acceptInvitation(
  app: App,
  actor: Actor,
  token: string,
): Promise<OrganizationJson> {
  const { userId, sessionId } = requireActiveUser(actor)
  return inTransaction(app, async (tx) => {
    const spent = await spendInvitation(tx, token)
    const user = (await findUser(tx, userId))!
    if (spent.invitation.email !== user.email) {
      throw new AppError(
        'forbidden',
        'wrong_account',
        'This invitation is for another address. Sign in with the account of that address.',
      )
    }
    if (!user.emailVerified) await markVerified(tx, actor, user)
    return join(tx, actor, spent, { userId, sessionId })
  })
}

/**
 * Makes an account for the address that an invitation went to, as a member of that organization
 * alone. This way in is open also where registration is not: somebody inside asked for the person.
 * @throws AppError `invitation_invalid`, `email_taken`.
 */
export async function registerInvited(
  app: App,
  actor: Actor,
  token: string,
  input: RegisterInvited & { locale?: Locale },
): Promise<{ user: User; organization: OrganizationJson }> {
  return inTransaction(app, async (tx) => {
    const spent = await spendInvitation(tx, token)
    const { email } = spent.invitation
    await checkPassword(tx, input.password, email)
    const passwordHash = await hashPassword(input.password)
    const user = await insertUser(tx, {
      ...{ email, name: input.name ?? '', locale: input.locale, passwordHash },
      ...{ role: 'customer', status: 'active', isVerified: true },
    })
    const target = { type: 'user', id: user.id }
    await recordAudit(tx, actor, { action: 'users.registered', target })
    await tx.jobs.announce(userRegistered, { userId: user.id })
    const organization = await join(tx, actor, spent, { userId: user.id, sessionId: null })
    return { user, organization }
  })
}

type Spent = { invitation: InvitationRow; organization: Organization }

/** Takes an invitation out, so that it is accepted once even by two at a time. */
async function spendInvitation(tx: App, token: string): Promise<Spent> {
  const [found] = await tx.db.select().from(invitations).where(isLive(tx, token))
  if (found) {
    // The organization before its rows, as whoever removes it does: neither waits for the other.
    const organization = await lockOrganization(tx, found.organizationId)
    const [invitation] = await tx.db.delete(invitations).where(isLive(tx, token)).returning()
    if (invitation) return { invitation, organization }
  }
  throw invitationInvalid()
}

function invitationInvalid(): AppError {
  const message = 'This invitation has been used, revoked or is too old. Ask for a new one.'
  return new AppError('invalid', 'invitation_invalid', message)
}

async function join(
  tx: App,
  actor: Actor,
  { invitation, organization }: Spent,
  person: { userId: string; sessionId: string | null },
): Promise<OrganizationJson> {
  const { id, name } = organization
  const { role } = invitation
  if (!(await insertMember(tx, { organizationId: id, userId: person.userId, role })))
    throw new AppError('conflict', 'already_member', 'You are a member already.')
  await workIn(tx, person, id)
  await recordAudit(tx, actor, {
    action: 'members.joined',
    target: { type: 'user', id: person.userId },
    organizationId: id,
    changes: { role, invitation_id: invitation.id },
  })
  return { id, name, role, is_active: true }
}

const isLive = (app: App, token: string) =>
  and(eq(invitations.tokenHash, hashOf(token)), gt(invitations.expiresAt, app.now()))
