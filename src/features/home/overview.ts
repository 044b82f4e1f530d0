import { z } from '@hono/zod-openapi'
import { type Actor, can, requireOrganization } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { getPlanOf } from '../accounts/organizations.ts'
import { LogJson } from '../logs/log-json.ts'
import { readLogs } from '../logs/logs.ts'
import { getQuota, getRate } from '../usage/quota.ts'
import { readEndpoints, readSeries } from '../usage/read-rollups.ts'
import { atOneMoment, lastDays, toRangeJson, toTimes } from '../usage/usage.ts'
import {
  EndpointRow,
  Figures,
  Quota,
  RangeJson,
  Rate,
  SeriesRow,
  toShare,
} from '../usage/usage-json.ts'
import { Alert, listAlerts } from './alerts.ts'

const count = z.number().int()

export const OverviewJson = z
  .object({
    requests_this_month: count,
    quota: Quota,
    rate: Rate,
    last_hour: z.array(count).openapi({ description: 'Requests by minute, the last 60' }),
    alerts: z.array(Alert).openapi({ description: 'What needs attention, worst first' }),
    range: RangeJson,
    error_rate: z
      .number()
      .nullable()
      .openapi({ description: 'Share of the requests in range that failed, 0 to 1' }),
    p95_ms: z.number().nullable(),
    totals: Figures,
    series: z.array(SeriesRow),
    endpoints: z.array(EndpointRow),
    recent: z.array(LogJson),
  })
  .openapi('Overview')
export type OverviewJson = z.infer<typeof OverviewJson>

const days = 30
const topEndpoints = 5
const recentLogs = 10
const minuteMs = 60_000

/**
 * The month so far against the quota, the last 30 days by day of the reader's time zone with the
 * busiest endpoints, and the last ten requests (for those who may see logs).
 */
export async function getOverview(app: App, actor: Actor, zone: string): Promise<OverviewJson> {
  const organizationId = requireOrganization(actor, 'usage:read')
  return atOneMoment(app, async (tx) => {
    const query = { interval: 'day' as const, ...lastDays(tx, days, zone) }
    const { range, buckets } = toTimes(tx, query, zone)
    const scope = { organizationId }
    const plan = await getPlanOf(tx, organizationId)
    const quota = await getQuota(tx, organizationId, plan)
    const { series, totals } = await readSeries(tx, scope, buckets)
    const endpoints = await readEndpoints(tx, scope, range)
    return {
      requests_this_month: quota.used,
      quota,
      rate: await getRate(tx, organizationId, plan),
      last_hour: await readLastHour(tx, organizationId),
      alerts: await listAlerts(tx, actor, organizationId, plan, quota),
      range: toRangeJson(range, query, zone),
      error_rate: toShare(totals.errors, totals.requests),
      p95_ms: totals.latency_ms.p95,
      totals,
      series,
      endpoints: endpoints.slice(0, topEndpoints),
      recent: can(actor, 'logs:read') ? await readLogs(tx, { organizationId }, recentLogs) : [],
    }
  })
}

/** Requests of the last sixty minutes, by minute. */
async function readLastHour(app: App, organizationId: string): Promise<number[]> {
  const end = Math.ceil(app.now().getTime() / minuteMs) * minuteMs
  const buckets = Array.from({ length: 60 }, (_, i) => {
    const from = end - (60 - i) * minuteMs
    return { start: from, from, to: from + minuteMs }
  })
  const { series } = await readSeries(app, { organizationId }, buckets)
  return series.map(({ requests }) => requests)
}
