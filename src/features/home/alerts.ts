import { z } from '@hono/zod-openapi'
import { and, asc, count, eq, gt, gte, isNull, lte, sql } from 'drizzle-orm'
import { type Actor, can } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { apiKeys } from '../keys/schema.ts'
import { getSetting } from '../settings/settings.ts'
import { requestLogs } from '../usage/schema.ts'
import type { Quota } from '../usage/usage-json.ts'

const dayMs = 86_400_000
const soonMs = 7 * dayMs
const mostKeys = 3
/** So many refusals of a day are counted, and not more. */
const mostRefusals = 1000

const time = z.string()
const severity = z.enum(['info', 'warning', 'critical'])

/** What needs the reader's attention, worst first. */
export const Alert = z
  .discriminatedUnion('code', [
    z.object({ code: z.literal('quota_exhausted'), severity, resets_at: time }),
    z.object({ code: z.literal('quota_warning'), severity, percent: z.number(), resets_at: time }),
    z.object({ code: z.literal('quota_forecast'), severity, reaches_limit_at: time }),
    z.object({
      code: z.literal('key_expiring'),
      severity,
      key_id: z.string(),
      name: z.string(),
      expires_at: time,
    }),
    z.object({
      code: z.literal('rate_limited'),
      severity,
      requests: z.number().int().openapi({ description: 'In the last 24 hours; 1,000 at most' }),
    }),
  ])
  .openapi('Alert')
export type Alert = z.infer<typeof Alert>

/** The organization's alerts, as far as the reader may see what they are about. */
export async function listAlerts(
  app: App,
  actor: Actor,
  organizationId: string,
  quota: Quota,
): Promise<Alert[]> {
  const alerts = await alertsOfQuota(app, quota)
  if (can(actor, 'logs:read')) alerts.push(...(await alertsOfRate(app, organizationId)))
  if (can(actor, 'keys:read')) alerts.push(...(await alertsOfKeys(app, organizationId)))
  return alerts
}

async function alertsOfQuota(app: App, quota: Quota): Promise<Alert[]> {
  const { limit, used, percent, resets_at, forecast } = quota
  if (limit === null || percent === null) return []
  if (used >= limit) return [{ code: 'quota_exhausted', severity: 'critical', resets_at }]
  const first = Math.min(...(await getSetting(app, 'quota_warning_thresholds')))
  if (percent >= first) return [{ code: 'quota_warning', severity: 'warning', percent, resets_at }]
  const reachesAt = forecast?.reaches_limit_at
  return reachesAt
    ? [{ code: 'quota_forecast', severity: 'info', reaches_limit_at: reachesAt }]
    : []
}

/** Requests that a rate limit refused since yesterday. */
async function alertsOfRate(app: App, organizationId: string): Promise<Alert[]> {
  const since = new Date(app.now().getTime() - dayMs)
  const refused = app.db
    .select({ id: requestLogs.id })
    .from(requestLogs)
    .where(
      and(
        eq(requestLogs.organizationId, organizationId),
        gte(requestLogs.time, since),
        sql`${requestLogs.status} >= 400`,
        eq(requestLogs.errorCode, 'rate_limit_exceeded'),
      ),
    )
    .limit(mostRefusals)
    .as('refused')
  const [row] = await app.db.select({ requests: count() }).from(refused)
  const { requests } = row!
  return requests === 0 ? [] : [{ code: 'rate_limited', severity: 'warning', requests }]
}

/** Keys that end within a week. */
async function alertsOfKeys(app: App, organizationId: string): Promise<Alert[]> {
  const now = app.now()
  const keys = await app.db
    .select({ key_id: apiKeys.id, name: apiKeys.name, expiresAt: apiKeys.expiresAt })
    .from(apiKeys)
    .where(
      and(
        eq(apiKeys.organizationId, organizationId),
        isNull(apiKeys.revokedAt),
        gt(apiKeys.expiresAt, now),
        lte(apiKeys.expiresAt, new Date(now.getTime() + soonMs)),
      ),
    )
    .orderBy(asc(apiKeys.expiresAt))
    .limit(mostKeys)
  return keys.map(({ expiresAt, ...key }) => ({
    ...{ code: 'key_expiring', severity: 'warning', ...key },
    expires_at: expiresAt!.toISOString(),
  }))
}
