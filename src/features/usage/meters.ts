import { sql } from 'drizzle-orm'
import { type Actor, requireOrganization } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { getPlanOf } from '../accounts/organizations.ts'
import { percentOf, readMeterLevels } from '../meters/levels.ts'
import { getPeriod } from '../plans/plans.ts'
import type { Plan } from '../plans/schema.ts'
import { getQuota } from './quota.ts'
import { coverPeriod } from './ranges.ts'
import { rollupsOf } from './rollups-of.ts'
import type { Meter, Quota, UsageStatsJson } from './usage-json.ts'

/** Each meter over the billing period, the built-in ones first. */
export async function getMeters(
  app: App,
  organizationId: string,
  plan: Plan | null,
  quota: Quota,
): Promise<Meter[]> {
  return [
    {
      key: 'api_requests',
      name: 'API requests',
      kind: 'counter',
      unit: 'requests',
      source: 'requests',
      used: quota.used,
      limit: quota.limit,
      percent: quota.percent,
    },
    ...(await readOtherMeters(app, organizationId, plan)),
  ]
}

/** The meters beside requests, over the billing period. `data_transfer` is body bytes, both ways. */
export async function readOtherMeters(
  app: App,
  organizationId: string,
  plan: Plan | null,
): Promise<Meter[]> {
  const period = getPeriod(app.now())
  const pieces = coverPeriod(period, app.now())
  const { rows } = await app.db.execute<{ bytes: number }>(sql`
    select coalesce(sum(bytes_in + bytes_out), 0)::bigint as bytes
    from ${rollupsOf({ organizationId }, pieces)}`)
  const { bytes } = rows[0]!
  const byteLimit = plan?.limits.data_transfer ?? null
  return [
    {
      key: 'data_transfer',
      name: 'Data transfer',
      kind: 'counter',
      unit: 'bytes',
      source: 'bytes',
      used: bytes,
      limit: byteLimit,
      percent: percentOf(bytes, byteLimit),
    },
    ...(await readMeterLevels(app, organizationId, plan, period)),
  ]
}

/** Each meter of the billing period by its key. */
export async function getUsageStats(app: App, actor: Actor): Promise<UsageStatsJson> {
  const organizationId = requireOrganization(actor, 'usage:read')
  const plan = await getPlanOf(app, organizationId)
  const quota = await getQuota(app, organizationId, plan)
  const meters = await getMeters(app, organizationId, plan, quota)
  const { start, end } = getPeriod(app.now())
  return {
    period: { start: start.toISOString(), end: end.toISOString() },
    meters: Object.fromEntries(meters.map(({ key, name, source, ...meter }) => [key, meter])),
  }
}
