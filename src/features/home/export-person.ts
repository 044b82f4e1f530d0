import { and, asc, eq, or, type SQL } from 'drizzle-orm'
import { type Actor, requireActiveUser } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { mails } from '../../core/mail/schema.ts'
import { findEmailChange } from '../accounts/email-change.ts'
import { listMemberships } from '../accounts/organizations.ts'
import { getProfile } from '../accounts/profile.ts'
import { identities, organizations } from '../accounts/schema.ts'
import { toUserJson } from '../accounts/user-json.ts'
import { auditLog } from '../audit/schema.ts'
import { activeDays } from '../insights/schema.ts'
import { notices } from '../notices/schema.ts'
import { exportNotes } from '../notifications/notes.ts'
import { mailModes } from '../notifications/schema.ts'
import { listPasskeys, toPasskeyJson } from '../sessions/passkeys.ts'
import { listSessions } from '../sessions/sessions.ts'
import { getTwoFactor } from '../sessions/two-factor.ts'
import { invitations } from '../teams/schema.ts'
import { exportOrganization, readAudit } from './export-organization.ts'

/**
 * Everything that is held about the signed-in person, and about each of their organizations what
 * their role there lets them see. Long lists come in batches; keys, sessions and webhooks without
 * what opens something. What operators noted for themselves is not in it.
 */
export async function exportPerson(app: App, actor: Actor, zone: string) {
  const user = requireActiveUser(actor)
  const { userId, email } = user
  const memberships = await listMemberships(app, userId)
  const change = await findEmailChange(app, actor)
  const { enabledAt, codesLeft } = await getTwoFactor(app, actor)
  return {
    exported_at: app.now().toISOString(),
    profile: toUserJson(await getProfile(app, actor)),
    email_change: change && { email: change.newEmail, expires_at: change.expiresAt.toISOString() },
    sign_in_methods: await listSignInMethods(app, userId),
    two_factor: { enabled_at: enabledAt?.toISOString() ?? null, recovery_codes_left: codesLeft },
    passkeys: (await listPasskeys(app, actor)).map(toPasskeyJson),
    sessions: await listSessions(app, actor),
    active_days: await listActiveDays(app, userId),
    mails: readMails(app, email),
    mail_modes: await readMailModes(app, userId),
    notifications: exportNotes(app, userId, eq(notices.userId, userId)),
    invitations: await listOwnInvitations(app, email),
    activity: readAudit(app, user, isOwnActivity(userId)),
    organizations: await Promise.all(
      memberships.map((membership) => exportOrganization(app, user, membership, zone)),
    ),
  }
}

async function listSignInMethods(app: App, userId: string) {
  const rows = await app.db
    .select({ provider: identities.providerId, since: identities.createdAt })
    .from(identities)
    .where(eq(identities.userId, userId))
    .orderBy(asc(identities.createdAt))
  return rows.map(({ provider, since }) => ({
    method: provider === 'credential' ? 'password' : provider,
    since: since.toISOString(),
  }))
}

/** In UTC. */
async function listActiveDays(app: App, userId: string): Promise<string[]> {
  const rows = await app.db
    .select({ day: activeDays.day })
    .from(activeDays)
    .where(eq(activeDays.userId, userId))
    .orderBy(asc(activeDays.day))
  return rows.map(({ day }) => day)
}

/** How the person chose to be mailed; what they did not choose is as usual. */
async function readMailModes(app: App, userId: string): Promise<Record<string, string>> {
  const rows = await app.db.select().from(mailModes).where(eq(mailModes.userId, userId))
  return Object.fromEntries(rows.map(({ type, mode }) => [type, mode]))
}

/** Invitations to the person that wait to be accepted. */
async function listOwnInvitations(app: App, email: string) {
  const rows = await app.db
    .select({ invitation: invitations, organization: organizations.name })
    .from(invitations)
    .innerJoin(organizations, eq(organizations.id, invitations.organizationId))
    .where(eq(invitations.email, email.toLowerCase()))
    .orderBy(asc(invitations.id))
  return rows.map(({ invitation: { role, createdAt, expiresAt }, organization }) => ({
    ...{ organization, role },
    created_at: createdAt.toISOString(),
    expires_at: expiresAt.toISOString(),
  }))
}

/** What was sent to an address, without the texts: they hold links that open accounts. */
async function* readMails(app: App, email: string) {
  yield await app.db
    .select({ time: mails.createdAt, subject: mails.subject, template: mails.template })
    .from(mails)
    .where(eq(mails.to, email))
    .orderBy(asc(mails.createdAt), asc(mails.id))
}

/** What the person did, and what was done to their account. */
function isOwnActivity(userId: string): SQL | undefined {
  const isTarget = and(eq(auditLog.targetType, 'user'), eq(auditLog.targetId, userId))
  return or(eq(auditLog.actorId, userId), isTarget)
}
