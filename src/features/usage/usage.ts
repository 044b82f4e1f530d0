import { eq, or } from 'drizzle-orm'
import { type Actor, requireAdmin, requireOrganization } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { AppError, invalidInput } from '../../core/errors.ts'
import { getPlanOf } from '../accounts/organizations.ts'
import { getUser } from '../accounts/users.ts'
import { getKeyOf } from '../keys/keys.ts'
import { getPeriod } from '../plans/plans.ts'
import { routes } from '../upstreams/schema.ts'
import { getMeterSeries } from './meter-series.ts'
import { getMeters } from './meters.ts'
import { getQuota, getRate } from './quota.ts'
import { type Bucket, type Range, toBuckets, toRange } from './ranges.ts'
import { readBreakdown } from './read-breakdown.ts'
import { readEndpoints, readOrganizations, readSeries } from './read-rollups.ts'
import type { Scope } from './rollups-of.ts'
import type { AdminUsageQuery, UsageQuery } from './usage-input.ts'
import type { AdminUsageJson, KeyStatsJson, Previous, UsageJson } from './usage-json.ts'

/**
 * What the organization used: totals, a series in the reader's time zone, the busiest endpoints
 * and keys of a range; quota, rate and meters of the billing period, whatever the range. All of it
 * is read from rollups at one moment, so that it adds up.
 */
export async function getUsage(
  app: App,
  actor: Actor,
  query: UsageQuery,
  zone: string,
): Promise<UsageJson> {
  return readUsage(app, requireOrganization(actor, 'usage:read'), query, zone)
}

/** The same of the organization that a user owns, for the operator; null for who owns none. */
export async function getUsageOfUser(
  app: App,
  actor: Actor,
  idOrEmail: string,
  query: UsageQuery,
  zone: string,
): Promise<UsageJson | null> {
  const { organizationId } = await getUser(app, actor, idOrEmail)
  return organizationId === null ? null : readUsage(app, organizationId, query, zone)
}

function readUsage(
  app: App,
  organizationId: string,
  query: UsageQuery,
  zone: string,
): Promise<UsageJson> {
  return atOneMoment(app, async (tx) => {
    const scope = await toScope(tx, organizationId, query)
    const { range, buckets } = toTimes(tx, query, zone)
    const plan = await getPlanOf(tx, organizationId)
    const quota = await getQuota(tx, organizationId, plan)
    const { start, end } = getPeriod(tx.now())
    return {
      period: { start: start.toISOString(), end: end.toISOString() },
      range: toRangeJson(range, query, zone),
      quota,
      rate: await getRate(tx, organizationId, plan),
      ...(await readSeries(tx, scope, buckets)),
      previous: await readPrevious(tx, scope, range, zone),
      ...(await readBreakdown(tx, { ...scope, organizationId }, range)),
      meters: await getMeters(tx, organizationId, plan, quota),
      meter_series: await getMeterSeries(tx, organizationId, buckets),
    }
  })
}

/** One key of the organization: this month, and the last 30 days by day. */
export async function getKeyStats(
  app: App,
  actor: Actor,
  keyId: string,
  zone: string,
): Promise<KeyStatsJson> {
  const organizationId = requireOrganization(actor, 'usage:read')
  return atOneMoment(app, async (tx) => {
    const key = await getKeyOf(tx, organizationId, keyId)
    const query = { interval: 'day' as const, ...lastDays(tx, 30, zone) }
    const { range, buckets } = toTimes(tx, query, zone)
    const scope = { organizationId, keyId }
    return {
      key_id: key.id,
      requests_this_month: key.requestsThisMonth,
      last_used_at: key.lastUsedAt?.toISOString() ?? null,
      range: toRangeJson(range, query, zone),
      ...(await readSeries(tx, scope, buckets)),
      endpoints: await readEndpoints(tx, scope, range),
    }
  })
}

/** Everybody's usage, or that of one user's organization, for the operator. */
export async function getUsageOfAll(
  app: App,
  actor: Actor,
  query: AdminUsageQuery,
  zone: string,
): Promise<AdminUsageJson> {
  requireAdmin(actor)
  return atOneMoment(app, async (tx) => {
    const { user_id: user } = query
    const organizationId =
      user === undefined ? undefined : await getOrganizationIdOf(tx, actor, user)
    const scope = await toScope(tx, organizationId, query)
    const { range, buckets } = toTimes(tx, query, zone)
    return {
      range: toRangeJson(range, query, zone),
      ...(await readSeries(tx, scope, buckets)),
      previous: await readPrevious(tx, scope, range, zone),
      endpoints: await readEndpoints(tx, scope, range),
      organizations: await readOrganizations(tx, scope, range),
    }
  })
}

/** The totals of the days, or hours, that came just before a range. */
async function readPrevious(app: App, scope: Scope, range: Range, zone: string): Promise<Previous> {
  const [from, to] = [range.from, range.to].map((time) => toZoned(time, zone))
  const length = from!.until(to!, { largestUnit: 'days' })
  const before = {
    from: from!.subtract(length).toInstant().toString(),
    to: new Date(range.from).toISOString(),
  }
  const previous = toRange(before, zone, app.now().getTime(), range.from)
  const { totals } = await readSeries(app, scope, [{ ...previous, start: previous.from }])
  return {
    from: new Date(previous.from).toISOString(),
    to: new Date(previous.to).toISOString(),
    totals,
  }
}

const toZoned = (time: number, zone: string) =>
  Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(zone)

/** The organization that a user owns, by the user's id or e-mail. */
export async function getOrganizationIdOf(app: App, actor: Actor, user: string): Promise<string> {
  const { organizationId } = await getUser(app, actor, user)
  if (organizationId) return organizationId
  throw new AppError('not_found', 'not_found', 'This user owns no organization.')
}

/** The first moment of the day that lies `days` - 1 days back: with today, so many days. */
export function lastDays(app: App, days: number, zone: string): { from: string } {
  const today = toZoned(app.now().getTime(), zone).startOfDay()
  return {
    from: today
      .subtract({ days: days - 1 })
      .toInstant()
      .toString(),
  }
}

/** Runs reads on one snapshot of the database. */
export function atOneMoment<R>(app: App, read: (tx: App) => Promise<R>): Promise<R> {
  return app.db.transaction((db) => read({ ...app, db }), {
    isolationLevel: 'repeatable read',
    accessMode: 'read only',
  })
}

export function toTimes(
  app: App,
  query: Pick<UsageQuery, 'from' | 'to' | 'interval'>,
  zone: string,
): { range: Range; buckets: Bucket[] } {
  const now = app.now()
  const range = toRange(query, zone, now.getTime(), getPeriod(now).start.getTime())
  return { range, buckets: toBuckets(range, query.interval, zone, now.getTime()) }
}

/** What the filters name. A key must be the organization's own; a route that is gone is known by its id alone. */
export async function toScope(
  app: App,
  organizationId: string | undefined,
  { key_id, route }: Pick<UsageQuery, 'key_id' | 'route'>,
): Promise<Scope> {
  if (key_id && organizationId) await getKeyOf(app, organizationId, key_id)
  const keyId = key_id || undefined
  return { organizationId, keyId, routeId: route ? await findRouteId(app, route) : undefined }
}

async function findRouteId(app: App, idOrName: string): Promise<string> {
  const [row] = await app.db
    .select({ id: routes.id })
    .from(routes)
    .where(or(eq(routes.id, idOrName), eq(routes.name, idOrName)))
  if (row) return row.id
  if (/^rte_[0-9a-z]{26}$/.test(idOrName)) return idOrName
  throw invalidInput('route', 'There is no route of this name.')
}

export function toRangeJson(
  range: Range,
  { interval }: Pick<UsageQuery, 'interval'>,
  zone: string,
) {
  const [from, to] = [range.from, range.to].map((time) => new Date(time).toISOString())
  return { from: from!, to: to!, interval, timezone: zone }
}
