import { sql } from 'drizzle-orm'
import { type Actor, requireOrganization } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { getPlanOf } from '../accounts/organizations.ts'
import { getPeriod } from '../plans/plans.ts'
import type { Plan } from '../plans/schema.ts'
import { getQuota, percentOf } from './quota.ts'
import { coverRanges } from './ranges.ts'
import { rollupsOf } from './read-rollups.ts'
import type { Meter, Quota, UsageStatsJson } from './usage-json.ts'

/** The meters that the gateway feeds, over the billing period. `data_transfer` is body bytes, both ways. */
export async function getMeters(
  app: App,
  organizationId: string,
  plan: Plan | null,
  quota: Quota,
): Promise<Meter[]> {
  const { start, end } = getPeriod(app.now())
  const pieces = coverRanges([{ from: start.getTime(), to: end.getTime() }])
  const { rows } = await app.db.execute<{ bytes: number }>(sql`
    select coalesce(sum(bytes_in + bytes_out), 0)::bigint as bytes
    from ${rollupsOf({ organizationId }, pieces)}`)
  const { bytes } = rows[0]!
  const byteLimit = plan?.limits.data_transfer ?? null
  return [
    {
      key: 'api_requests',
      name: 'API requests',
      kind: 'counter',
      unit: 'requests',
      used: quota.used,
      limit: quota.limit,
      percent: quota.percent,
    },
    {
      key: 'data_transfer',
      name: 'Data transfer',
      kind: 'counter',
      unit: 'bytes',
      used: bytes,
      limit: byteLimit,
      percent: percentOf(bytes, byteLimit),
    },
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
    meters: Object.fromEntries(meters.map(({ key, name, ...meter }) => [key, meter])),
  }
}
