import { createHash, randomBytes } from 'node:crypto'
import { and, eq, gt, sql } from 'drizzle-orm'
import type { UserActor } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import type { Organization } from '../accounts/schema.ts'
import { mailUser } from '../accounts/user-mails.tsx'
import { findUser } from '../accounts/user-rows.ts'
import { recordAudit } from '../audit/audit.ts'
import { auditLog } from '../audit/schema.ts'
import { getSetting } from '../settings/settings.ts'
import { type InvitationRow, invitations } from './schema.ts'
import { type InvitationJson, toInvitationJson } from './team-json.ts'

const dayMs = 86_400_000
const lifetimeMs = 7 * dayMs

/** Sends the link in an invitation to this address, which is made anew or again. */
export async function sendInvitation(
  tx: App,
  inviter: UserActor,
  organization: Organization,
  { email, role }: Pick<InvitationRow, 'email' | 'role'>,
): Promise<InvitationJson> {
  await assertMayInvite(tx, organization)
  const now = tx.now()
  const token = randomBytes(32).toString('base64url')
  const sent = {
    ...{ role, tokenHash: hashOf(token), invitedBy: inviter.userId, createdAt: now },
    expiresAt: new Date(now.getTime() + lifetimeMs),
  }
  const id = newId('ivt', now.getTime())
  const [invitation] = await tx.db
    .insert(invitations)
    .values({ id, organizationId: organization.id, email, ...sent })
    .onConflictDoUpdate({ target: [invitations.organizationId, invitations.email], set: sent })
    .returning()
  const known = (await findUser(tx, email)) ?? (await findUser(tx, inviter.userId))
  const { locale = null, timezone = null } = known ?? {}
  const reader = { email, name: '', locale, timezone }
  await mailUser(tx, reader, 'invitation', {
    path: `/invitations/${token}`,
    params: { context: role, organization: organization.name, inviter: inviter.email },
  })
  await recordAudit(tx, inviter, {
    action: 'invitations.sent',
    target: { type: 'invitation', id: invitation!.id },
    organizationId: organization.id,
    changes: { email, role },
  })
  return toInvitationJson({ invitation: invitation!, inviter: inviter.email })
}

/** Invitations are mails to strangers in our name: from people we know, and so many a day. */
async function assertMayInvite(tx: App, organization: Organization): Promise<void> {
  const max = await getSetting(tx, 'team_invitations_per_day')
  if (max === 0) {
    throw new AppError('forbidden', 'invitations_disabled', 'Invitations are switched off here.')
  }
  const dayAgo = new Date(tx.now().getTime() - dayMs)
  const [sent] = await tx.db
    .select({ count: sql<number>`count(*)::int`, first: sql<Date>`min(${auditLog.time})` })
    .from(auditLog)
    .where(
      and(
        eq(auditLog.organizationId, organization.id),
        eq(auditLog.action, 'invitations.sent'),
        gt(auditLog.time, dayAgo),
      ),
    )
  if (sent!.count < max) return
  throw new AppError(
    'rate_limited',
    'too_many_invitations',
    'An organization may send {{max}} invitations in 24 hours.',
    { params: { max }, retryAfter: (new Date(sent!.first).getTime() - dayAgo.getTime()) / 1000 },
  )
}

/** How a token is stored: it opens an organization, and the database need not know it. */
export const hashOf = (token: string) => createHash('sha256').update(token).digest('hex')
