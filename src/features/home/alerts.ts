import { z } from '@hono/zod-openapi'
import { and, asc, count, eq, gt, gte, isNull, lte, sql } from 'drizzle-orm'
import { type Actor, can } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { apiKeys } from '../keys/schema.ts'
import { alertPreferences } from '../notifications/schema.ts'
import type { Plan } from '../plans/schema.ts'
import { getSetting } from '../settings/settings.ts'
import { readOtherMeters } from '../usage/meters.ts'
import { requestLogs } from '../usage/schema.ts'
import type { Quota } from '../usage/usage-json.ts'

const dayMs = 86_400_000
const soonMs = 7 * dayMs
const mostKeys = 3
/** So many refusals of a day are counted, and not more. */
const mostRefusals = 1000

const time = z.string()
const ofMeter = {
  meter: z.string(),
  name: z.string(),
  unit: z.string(),
  used: z.number(),
  limit: z.number(),
}
const severity = z.enum(['info', 'warning', 'critical'])

/** What needs the reader's attention, worst first. */
export const Alert = z
  .discriminatedUnion('code', [
    z.object({ code: z.literal('quota_exhausted'), severity, resets_at: time }),
    z.object({ code: z.literal('quota_warning'), severity, percent: z.number(), resets_at: time }),
    z.object({ code: z.literal('quota_forecast'), severity, reaches_limit_at: time }),
    z.object({ code: z.literal('meter_exhausted'), severity, ...ofMeter }),
    z.object({ code: z.literal('meter_warning'), severity, ...ofMeter }),
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
  plan: Plan | null,
  quota: Quota,
): Promise<Alert[]> {
  const first = await firstThreshold(app, organizationId)
  const alerts = alertsOfQuota(quota, first)
  alerts.push(...(await alertsOfMeters(app, organizationId, plan, first)))
  if (can(actor, 'logs:read')) alerts.push(...(await alertsOfRate(app, organizationId)))
  if (can(actor, 'keys:read')) alerts.push(...(await alertsOfKeys(app, organizationId)))
  return alerts
}

/** From how many percent of a limit on the organization wants to hear of it. */
async function firstThreshold(app: App, organizationId: string): Promise<number> {
  const [own] = await app.db
    .select({ thresholds: alertPreferences.thresholds })
    .from(alertPreferences)
    .where(eq(alertPreferences.organizationId, organizationId))
  return Math.min(...(own?.thresholds ?? (await getSetting(app, 'quota_warning_thresholds'))))
}

function alertsOfQuota(quota: Quota, first: number): Alert[] {
  const { limit, used, percent, resets_at, forecast } = quota
  if (limit === null || percent === null) return []
  if (used >= limit) return [{ code: 'quota_exhausted', severity: 'critical', resets_at }]
  if (percent >= first) return [{ code: 'quota_warning', severity: 'warning', percent, resets_at }]
  const reachesAt = forecast?.reaches_limit_at
  return reachesAt
    ? [{ code: 'quota_forecast', severity: 'info', reaches_limit_at: reachesAt }]
    : []
}

/** Meters beside requests that are nearly or wholly used, the fullest first. */
async function alertsOfMeters(
  app: App,
  organizationId: string,
  plan: Plan | null,
  first: number,
): Promise<Alert[]> {
  if (!plan || Object.keys(plan.limits).length === 0) return []
  const full = (await readOtherMeters(app, organizationId, plan)).flatMap(
    ({ key: meter, name, unit, used, limit, percent }) =>
      limit === null || percent === null || percent < first
        ? []
        : [{ percent, figures: { meter, name, unit, used, limit } }],
  )
  return full
    .sort((a, b) => b.percent - a.percent)
    .map(({ figures }) =>
      figures.used >= figures.limit
        ? { code: 'meter_exhausted', severity: 'critical', ...figures }
        : { code: 'meter_warning', severity: 'warning', ...figures },
    )
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
