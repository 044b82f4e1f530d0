import { and, asc, eq, gt, or, type SQL } from 'drizzle-orm'
import { type Actor, can, requireActiveUser, type UserActor } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { mails } from '../../core/mail/schema.ts'
import { findEmailChange } from '../accounts/email-change.ts'
import { getPlanOf, listMemberships, type Membership } from '../accounts/organizations.ts'
import { getProfile } from '../accounts/profile.ts'
import { identities } from '../accounts/schema.ts'
import { toUserJson } from '../accounts/user-json.ts'
import { toOwnAuditJson } from '../audit/audit-json.ts'
import { auditLog } from '../audit/schema.ts'
import { toKeyJson } from '../keys/key-json.ts'
import { listKeys } from '../keys/keys.ts'
import { exportLogs } from '../logs/logs.ts'
import { listSessions } from '../sessions/sessions.ts'
import { getSetting } from '../settings/settings.ts'
import { exportMeters } from '../usage/export-meters.ts'
import { exportUsage } from '../usage/export-usage.ts'

/**
 * Everything that is held about the signed-in person, and about each of their organizations what
 * their role there lets them see. Long lists come in batches; keys and sessions without what opens
 * something.
 */
export async function exportPerson(app: App, actor: Actor, zone: string) {
  const user = requireActiveUser(actor)
  const memberships = await listMemberships(app, user.userId)
  const change = await findEmailChange(app, actor)
  return {
    exported_at: app.now().toISOString(),
    profile: toUserJson(await getProfile(app, actor)),
    email_change: change && { email: change.newEmail, expires_at: change.expiresAt.toISOString() },
    sign_in_methods: await listSignInMethods(app, user.userId),
    sessions: await listSessions(app, actor),
    mails: readMails(app, user.email),
    activity: readAudit(app, user, isOwnActivity(user.userId)),
    organizations: await Promise.all(
      memberships.map((membership) => exportOrganization(app, user, membership, zone)),
    ),
  }
}

async function exportOrganization(app: App, user: UserActor, of: Membership, zone: string) {
  const { organizationId, name, role } = of
  const member: UserActor = { ...user, organizationId, memberRole: role }
  const plan = await getPlanOf(app, organizationId)
  return {
    ...{ id: organizationId, name, role },
    plan: plan && { id: plan.id, slug: plan.slug, name: plan.name },
    ...(can(member, 'keys:read') && { keys: readKeys(app, member) }),
    ...(can(member, 'usage:read') && (await readUsage(app, member, zone))),
    ...(can(member, 'logs:read') && { requests: exportLogs(app, member, {}, zone) }),
    ...(can(member, 'audit:read') && {
      audit: readAudit(app, user, eq(auditLog.organizationId, organizationId)),
    }),
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

/** What was sent to an address, without the texts: they hold links that open accounts. */
async function* readMails(app: App, email: string) {
  yield await app.db
    .select({ time: mails.createdAt, subject: mails.subject, template: mails.template })
    .from(mails)
    .where(eq(mails.to, email))
    .orderBy(asc(mails.createdAt), asc(mails.id))
}

async function* readKeys(app: App, member: UserActor) {
  let cursor: string | undefined
  do {
    const page = await listKeys(app, member, { status: 'all', limit: 100, cursor })
    yield page.data.map((key) => toKeyJson(key, app.now()))
    cursor = page.next_cursor ?? undefined
  } while (cursor)
}

async function readUsage(app: App, member: UserActor, zone: string) {
  const days = await getSetting(app, 'usage_aggregate_retention_days')
  const from = new Date(app.now().getTime() - days * 86_400_000).toISOString()
  const query = { from, interval: 'month' as const }
  return {
    usage_by_month: exportUsage(app, member, query, zone),
    meters_by_month: exportMeters(app, member, query, zone),
  }
}

/** What the person did, and what was done to their account. */
function isOwnActivity(userId: string): SQL | undefined {
  const isTarget = and(eq(auditLog.targetType, 'user'), eq(auditLog.targetId, userId))
  return or(eq(auditLog.actorId, userId), isTarget)
}

const auditPage = 1000

async function* readAudit(app: App, user: UserActor, where: SQL | undefined) {
  let last: string | undefined
  do {
    const rows = await app.db
      .select()
      .from(auditLog)
      .where(and(where, last ? gt(auditLog.id, last) : undefined))
      .orderBy(asc(auditLog.id))
      .limit(auditPage)
    yield rows.map((row) => toOwnAuditJson(row, user.userId))
    last = rows.length === auditPage ? rows.at(-1)?.id : undefined
  } while (last)
}
