import { asc, isNull, type SQL, sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import type { Plan } from '../plans/schema.ts'
import { type MeterKind, type MeterSource, meterRollups, meters } from './schema.ts'

/** How full a meter is in a period. */
export type MeterLevel = {
  key: string
  name: string
  kind: MeterKind
  unit: string
  source: MeterSource
  /** A counter's sum; a gauge's level at the end of the period, or now. */
  used: number
  /** The highest level that a gauge had in the period. */
  max?: number
  /** The limit of the plan; null without one. */
  limit: number | null
  percent: number | null
}

/** The share of a limit that is used, in percent with one decimal; null without a limit. */
export function percentOf(used: number, limit: number | null): number | null {
  if (limit === null) return null
  return limit === 0 ? 100 : Math.round((used / limit) * 1000) / 10
}

/**
 * How full each of the operator's meters is for an organization, in a period of whole days (UTC), such
 * as the billing period of `getPeriod`. Archived meters are left out.
 */
export async function readMeterLevels(
  app: App,
  organizationId: string,
  plan: Pick<Plan, 'limits'> | null,
  period: { start: Date; end: Date },
): Promise<MeterLevel[]> {
  const rows = await app.db
    .select({
      meter: meters,
      /** Exact as the database has it; a double when it goes out. */
      total: sql<string | null>`(
        select sum(r.total) from ${meterRollups} r where ${isOf(organizationId)} and ${isWithin(period)})`,
      highest: sql<string | null>`(
        select max(r.highest) from ${meterRollups} r where ${isOf(organizationId)} and ${isWithin(period)})`,
      before: lastBefore(organizationId, period.start),
      last: lastBefore(organizationId, period.end),
    })
    .from(meters)
    .where(isNull(meters.archivedAt))
    .orderBy(asc(meters.createdAt), asc(meters.key))
  return rows.map(({ meter: { key, name, kind, unit, source }, total, highest, before, last }) => {
    const levels = [before, highest].filter((level) => level !== null).map(Number)
    const used = Number((kind === 'counter' ? total : last) ?? 0)
    const limit = plan?.limits[key] ?? null
    return {
      ...{ key, name, kind, unit, source, used },
      ...(kind === 'gauge' && { max: Math.max(...levels, used) }),
      ...{ limit, percent: percentOf(used, limit) },
    }
  })
}

/** SQL: what a row of `meters` says of an organization: a counter's sum in the period, a gauge's level at its end. */
export const usedOf = (organizationId: SQL, period: { start: Date; end: Date }): SQL => sql`
  case ${meters.kind} when 'counter' then (
    select sum(r.total) from ${meterRollups} r where ${isOf(organizationId)} and ${isWithin(period)})
  else ${lastBefore(organizationId, period.end)} end`

const isOf = (organizationId: string | SQL) =>
  sql`r.organization_id = ${organizationId} and r.meter_id = ${meters.id} and r.unit = 'day'`

const isWithin = ({ start, end }: { start: Date; end: Date }) =>
  sql`r.start >= ${start} and r.start < ${end}`

/** The level that a gauge had at a moment: it keeps what it was last set to. */
const lastBefore = (organizationId: string | SQL, moment: Date) => sql<string | null>`(
  select r.last from ${meterRollups} r
  where ${isOf(organizationId)} and r.start < ${moment} and r.last is not null
  order by r.start desc limit 1)`
