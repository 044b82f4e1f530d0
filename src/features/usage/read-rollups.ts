import { eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { organizations, users } from '../accounts/schema.ts'
import { apiKeys } from '../keys/schema.ts'
import { plans } from '../plans/schema.ts'
import { routes } from '../upstreams/schema.ts'
import { percentile } from './histogram.ts'
import { type Bucket, coverRanges, type Piece, type Range } from './ranges.ts'
import type { EndpointRow, Figures, KeyRow, OrganizationRow, SeriesRow } from './usage-json.ts'

/** Whose rollups are read. Without an organization, everybody's: for the operator alone. */
export type Scope = { organizationId?: string; keyId?: string; routeId?: string }

export type Counts = Omit<Figures, 'errors' | 'latency_ms'> & { bins: number[] | null }

const tables = { minute: 'usage_minutes', hour: 'usage_hours', day: 'usage_days' }
const topRows = 100
const counted = [
  'requests',
  'forwarded',
  'refused',
  'interrupted',
  'errors_4xx',
  'errors_5xx',
  'bytes_in',
  'bytes_out',
] as const

export const sums = sql.join(
  [
    ...counted.map((name) => sql.raw(`coalesce(sum(${name}), 0)::bigint as ${name}`)),
    sql`sum_bins(latency_bins) as bins`,
  ],
  sql`, `,
)

/** The rollup rows of some ranges as a table `r`; rows of requests are never read. */
export function rollupsOf(scope: Scope, pieces: Piece[]): SQL {
  const conditions = [
    scope.organizationId === undefined ? [] : [sql`organization_id = ${scope.organizationId}`],
    scope.keyId === undefined ? [] : [sql`key_id = ${scope.keyId}`],
    scope.routeId === undefined ? [] : [sql`route_id = ${scope.routeId}`],
  ].flat()
  const selects = pieces.map(({ unit, from, to }) => {
    const inRange = sql`start >= ${new Date(from)} and start < ${new Date(to)}`
    return sql`select * from ${sql.identifier(tables[unit])} where ${sql.join([...conditions, inRange], sql` and `)}`
  })
  const none = sql`select * from usage_days where false`
  return sql`(${selects.length > 0 ? sql.join(selects, sql` union all `) : none}) as r`
}

/** One row for each bucket, empty ones included, and their sum. */
export async function readSeries(
  app: App,
  scope: Scope,
  buckets: Bucket[],
): Promise<{ series: SeriesRow[]; totals: Figures }> {
  const bounds = `{${buckets.map(({ from }) => new Date(from).toISOString()).join(',')}}`
  const { rows } = await app.db.execute<Counts & { bucket: number }>(sql`
    select width_bucket(start, ${bounds}::timestamptz[]) - 1 as bucket, ${sums}
    from ${rollupsOf(scope, coverRanges(buckets))} group by 1`)
  const byBucket = new Map(rows.map((row) => [row.bucket, row]))
  const series = buckets.map(({ start }, i) => ({
    start: new Date(start).toISOString(),
    ...toFigures(byBucket.get(i)),
  }))
  return { series, totals: toFigures(addUp(rows)) }
}

/** The groups with the most requests. Histograms are added up for these alone: there may be 100,000 groups. */
function busiest(scope: Scope, range: Range, group: SQL): SQL {
  const rollups = rollupsOf(scope, coverRanges([range]))
  return sql`
    select ${group}, ${sums} from ${rollups} where (${group}) in (
      select ${group} from ${rollups}
      group by ${group} order by sum(requests) desc, ${group} limit ${topRows})
    group by ${group} order by requests desc, ${group}`
}

/** The busiest endpoints of a range. */
export async function readEndpoints(app: App, scope: Scope, range: Range): Promise<EndpointRow[]> {
  const { rows } = await app.db.execute<Counts & { route_id: string; method: string }>(
    busiest(scope, range, sql`route_id, method`),
  )
  const ids = rows.map((row) => row.route_id)
  const found =
    ids.length === 0 ? [] : await app.db.select().from(routes).where(inArray(routes.id, ids))
  const paths = new Map(found.map((route) => [route.id, route.path]))
  return rows.map((row) => ({
    method: row.method,
    path: paths.get(row.route_id) ?? null,
    route_id: row.route_id || null,
    ...toFigures(row),
  }))
}

/** The busiest keys of a range. */
export async function readKeys(app: App, scope: Scope, range: Range): Promise<KeyRow[]> {
  const { rows } = await app.db.execute<Counts & { key_id: string }>(
    busiest(scope, range, sql`key_id`),
  )
  const ids = rows.map((row) => row.key_id)
  const found =
    ids.length === 0 ? [] : await app.db.select().from(apiKeys).where(inArray(apiKeys.id, ids))
  const keys = new Map(found.map((key) => [key.id, key]))
  return rows.map((row) => {
    const key = keys.get(row.key_id)
    const masked = key ? `${key.prefix}...${key.lastFour}` : null
    return { key_id: row.key_id, name: key?.name ?? null, masked, ...toFigures(row) }
  })
}

/** The busiest organizations of a range. */
export async function readOrganizations(
  app: App,
  scope: Scope,
  range: Range,
): Promise<OrganizationRow[]> {
  const { rows } = await app.db.execute<Counts & { organization_id: string }>(
    busiest(scope, range, sql`organization_id`),
  )
  const ids = rows.map((row) => row.organization_id)
  const found =
    ids.length === 0
      ? []
      : await app.db
          .select({
            id: organizations.id,
            name: organizations.name,
            email: users.email,
            plan: plans.slug,
          })
          .from(organizations)
          .innerJoin(users, eq(users.id, organizations.ownerId))
          .leftJoin(plans, eq(plans.id, organizations.planId))
          .where(inArray(organizations.id, ids))
  const known = new Map(found.map((organization) => [organization.id, organization]))
  return rows.map((row) => {
    const { name = null, email = null, plan = null } = known.get(row.organization_id) ?? {}
    return {
      organization_id: row.organization_id,
      name,
      owner_email: email,
      plan,
      ...toFigures(row),
    }
  })
}

function addUp(rows: Counts[]): Counts {
  const total = { ...emptyCounts, bins: [] as number[] }
  for (const row of rows) {
    for (const name of counted) total[name] += row[name]
    row.bins?.forEach((count, i) => {
      total.bins[i] = (total.bins[i] ?? 0) + count
    })
  }
  return total
}

const emptyCounts = {
  ...{ requests: 0, forwarded: 0, refused: 0, interrupted: 0, errors_4xx: 0, errors_5xx: 0 },
  ...{ bytes_in: 0, bytes_out: 0 },
}

export function toFigures(counts: Counts = { ...emptyCounts, bins: [] }): Figures {
  const bins = counts.bins ?? []
  const figures = Object.fromEntries(counted.map((name) => [name, counts[name]]))
  return {
    ...(figures as typeof emptyCounts),
    errors: counts.errors_4xx + counts.errors_5xx,
    latency_ms: {
      p50: percentile(bins, 0.5),
      p95: percentile(bins, 0.95),
      p99: percentile(bins, 0.99),
    },
  }
}
