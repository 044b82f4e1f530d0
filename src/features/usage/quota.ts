import { and, eq, sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { usagePeriods } from '../keys/schema.ts'
import { percentOf } from '../meters/levels.ts'
import { getPeriod } from '../plans/plans.ts'
import type { Plan } from '../plans/schema.ts'
import { coverRanges, toRange } from './ranges.ts'
import { rollupsOf } from './rollups-of.ts'
import type { Quota, Rate } from './usage-json.ts'

const dayMs = 86_400_000
const minuteMs = 60_000

/** Forwarded requests of the billing period against the plan, and where they lead. */
export async function getQuota(
  app: App,
  organizationId: string,
  plan: Plan | null,
): Promise<Quota> {
  const now = app.now()
  const { start, end } = getPeriod(now)
  const [row] = await app.db
    .select({ used: sql<number>`coalesce(sum(${usagePeriods.forwarded}), 0)::bigint` })
    .from(usagePeriods)
    .where(
      and(eq(usagePeriods.organizationId, organizationId), eq(usagePeriods.periodStart, start)),
    )
  const { used } = row!
  const limit = plan?.requestsPerMonth ?? null
  const pace = await readPace(app, organizationId, now.getTime())
  return {
    limit,
    used,
    remaining: limit === null ? null : Math.max(0, limit - used),
    percent: percentOf(used, limit),
    resets_at: end.toISOString(),
    forecast: pace === null ? null : foresee(used, limit, pace, now.getTime(), end.getTime()),
  }
}

/** Where a pace (requests a millisecond) leads until the period ends. */
export function foresee(
  used: number,
  limit: number | null,
  pace: number,
  now: number,
  end: number,
): NonNullable<Quota['forecast']> {
  const projected = used + Math.round(pace * (end - now))
  const isAhead = limit !== null && used < limit && projected >= limit
  const reachesAt = isAhead && pace > 0 ? Math.min(now + (limit - used) / pace, end - 1) : null
  return {
    projected,
    reaches_limit_at: reachesAt === null ? null : new Date(reachesAt).toISOString(),
  }
}

/** Forwarded requests a millisecond over the last seven days, or since the first one of them; null for less than a day. */
async function readPace(app: App, organizationId: string, now: number): Promise<number | null> {
  const week = toRange({}, 'UTC', now, now - 7 * dayMs)
  const { rows } = await app.db.execute<{ forwarded: number; first: number | null }>(sql`
    select coalesce(sum(forwarded), 0)::bigint as forwarded,
      extract(epoch from min(start) filter (where forwarded > 0))::float8 * 1000 as first
    from ${rollupsOf({ organizationId }, coverRanges([week], now, 'day'))}`)
  const { forwarded, first } = rows[0]!
  if (first === null) return null
  const elapsed = now - Math.max(first, week.from)
  return elapsed < dayMs ? null : forwarded / elapsed
}

/** Requests forwarded in the last minute: this clock minute, and of the one before the share not yet past. */
export async function getRate(app: App, organizationId: string, plan: Plan | null): Promise<Rate> {
  const now = app.now().getTime()
  const minute = Math.floor(now / minuteMs) * minuteMs
  const scope = { organizationId }
  const read = async (from: number) => {
    const { rows } = await app.db.execute<{ forwarded: number }>(sql`
      select coalesce(sum(forwarded), 0)::bigint as forwarded
      from ${rollupsOf(scope, [{ unit: 'minute', from, to: from + minuteMs }])}`)
    return rows[0]!.forwarded
  }
  const before = await read(minute - minuteMs)
  const current = (await read(minute)) + before * (1 - (now - minute) / minuteMs)
  return {
    limit_per_minute: plan?.rateLimitPerMinute ?? null,
    current_per_minute: Math.round(current),
  }
}
