import { and, asc, eq, gt, isNull, type SQL } from 'drizzle-orm'
import { can, type UserActor } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { everyPage } from '../../core/http/pagination.ts'
import { getPlanOf, type Membership } from '../accounts/organizations.ts'
import { toOwnAuditJson } from '../audit/audit-json.ts'
import { auditLog } from '../audit/schema.ts'
import { toKeyJson } from '../keys/key-json.ts'
import { listKeys } from '../keys/keys.ts'
import { exportLogs } from '../logs/logs.ts'
import { exportEvents } from '../meters/export-events.ts'
import { notices } from '../notices/schema.ts'
import { getAlertPreferences } from '../notifications/alert-preferences.ts'
import { exportNotes } from '../notifications/notes.ts'
import { asMemberOf } from '../sessions/two-factor-rule.ts'
import { getSetting } from '../settings/settings.ts'
import { listInvitations } from '../teams/invitations.ts'
import { listMembers } from '../teams/members.ts'
import { exportMeters } from '../usage/export-meters.ts'
import { exportUsage } from '../usage/export-usage.ts'
import { listDeliveries } from '../webhooks/deliveries.ts'
import { listWebhooks } from '../webhooks/webhooks.ts'

/** What is held about an organization, as far as a member's role there reaches, and its rule of a second factor. */
export async function exportOrganization(app: App, user: UserActor, of: Membership, zone: string) {
  const { organizationId, name, role } = of
  const member = await asMemberOf(app, user, of)
  const plan = await getPlanOf(app, organizationId)
  const isTheirNote = and(eq(notices.organizationId, organizationId), isNull(notices.userId))
  return {
    ...{ id: organizationId, name, role },
    plan: plan && { id: plan.id, slug: plan.slug, name: plan.name },
    ...(can(member, 'members:read') && {
      members: everyPage((query) => listMembers(app, member, query)),
      invitations: everyPage((query) => listInvitations(app, member, query)),
    }),
    ...(can(member, 'keys:read') && { keys: readKeys(app, member) }),
    ...(can(member, 'usage:read') && (await readUsage(app, member, zone))),
    ...(can(member, 'logs:read') && { requests: exportLogs(app, member, {}, zone) }),
    ...(can(member, 'organization:read') && {
      notifications: exportNotes(app, user.userId, isTheirNote),
    }),
    ...(can(member, 'alerts:read') && {
      alert_preferences: await getAlertPreferences(app, member),
    }),
    ...(can(member, 'webhooks:read') && {
      webhooks: everyPage((query) => listWebhooks(app, member, query)),
      webhook_deliveries: readDeliveries(app, member),
    }),
    ...(can(member, 'audit:read') && {
      audit: readAudit(app, user, eq(auditLog.organizationId, organizationId)),
    }),
  }
}

async function* readKeys(app: App, member: UserActor) {
  for await (const keys of everyPage((query) => listKeys(app, member, { ...query, status: 'all' })))
    yield keys.map((key) => toKeyJson(key, app.now()))
}

async function readUsage(app: App, member: UserActor, zone: string) {
  const days = await getSetting(app, 'usage_aggregate_retention_days')
  const from = new Date(app.now().getTime() - days * 86_400_000).toISOString()
  const query = { from, interval: 'month' as const }
  return {
    usage_by_month: exportUsage(app, member, query, zone),
    meters_by_month: exportMeters(app, member, query, zone),
    meter_events: exportEvents(app, member),
  }
}

async function* readDeliveries(app: App, member: UserActor) {
  for await (const webhooks of everyPage((query) => listWebhooks(app, member, query))) {
    for (const { id } of webhooks)
      yield* everyPage((query) => listDeliveries(app, member, id, query))
  }
}

const auditPage = 1000

/** Rows of the audit log as a customer sees them, the oldest first, in batches. */
export async function* readAudit(app: App, user: UserActor, where: SQL | undefined) {
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
