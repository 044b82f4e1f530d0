import { eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { organizations, users } from '../accounts/schema.ts'
import { apiKeys } from '../keys/schema.ts'
import { plans } from '../plans/schema.ts'
import { routes } from '../upstreams/schema.ts'
import { percentile, sumBins } from './histogram.ts'
import { type Bucket, coverRanges, type Piece, type Range } from './ranges.ts'
import { rollupTables } from './schema.ts'
import { all } from './totals.ts'
import type { EndpointRow, Figures, KeyRow, OrganizationRow, SeriesRow } from './usage-json.ts'

/** Whose rollups are read. Without an organization, everybody's: for the operator alone. */
export type Scope = { organizationId?: string; keyId?: string; routeId?: string }

/** `bins` are histograms one behind the other: PostgreSQL writes them faster than it adds them up. */
export type Counts = Omit<Figures, 'errors' | 'latency_ms'> & { bins: string | null }

export const topRows = 100
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
    sql`string_agg(latency_bins::text, '') as bins`,
  ],
  sql`, `,
)

/** What rows are grouped by. `cells` are the rows by key, endpoint and method themselves. */
type Grouping = 'nothing' | 'endpoints' | 'organizations' | 'cells'

/**
 * The rows of some ranges as a table `r`: totals where they say enough for the grouping, else the
 * rollups by key and endpoint. Rows of requests are never read.
 */
export function rollupsOf(scope: Scope, pieces: Piece[], grouping: Grouping = 'nothing'): SQL {
  const total = totalConditions(scope, grouping)
  const conditions = total ?? cellConditions(scope)
  const selects = pieces.map(({ unit, from, to }) => {
    const table = total ? sql`usage_totals` : sql.identifier(rollupTables[unit])
    const where = [
      ...conditions,
      ...(total ? [sql`unit = ${unit}`] : []),
      sql`start >= ${new Date(from)} and start < ${new Date(to)}`,
    ]
    return sql`select * from ${table} where ${sql.join(where, sql` and `)}`
  })
  const none = sql`select * from ${total ? sql`usage_totals` : sql`usage_days`} where false`
  return sql`(${selects.length > 0 ? sql.join(selects, sql` union all `) : none}) as r`
}

function cellConditions({ organizationId, keyId, routeId }: Scope): SQL[] {
  return [
    organizationId === undefined ? [] : [sql`organization_id = ${organizationId}`],
    keyId === undefined ? [] : [sql`key_id = ${keyId}`],
    routeId === undefined ? [] : [sql`route_id = ${routeId}`],
  ].flat()
}

/**
 * Which totals stand for the scope; undefined where there are none. There are those of each
 * organization and of everybody; by endpoint, of everybody alone.
 */
function totalConditions(
  { organizationId, keyId, routeId }: Scope,
  grouping: Grouping,
): SQL[] | undefined {
  if (keyId !== undefined || grouping === 'cells') return undefined
  if (routeId === undefined && grouping !== 'endpoints') {
    const isOfAll = sql`route_id = ${all} and method = ${all}`
    if (organizationId !== undefined) return [sql`organization_id = ${organizationId}`, isOfAll]
    const whose = grouping === 'organizations' ? sql`<> ''` : sql`= ''`
    return [sql`organization_id ${whose}`, isOfAll]
  }
  if (organizationId !== undefined || grouping === 'organizations') return undefined
  return [
    sql`organization_id = ''`,
    routeId === undefined ? sql`route_id <> ${all}` : sql`route_id = ${routeId}`,
  ]
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
    from ${rollupsOf(scope, coverRanges(buckets, app.now().getTime()))} group by 1`)
  const byBucket = new Map(rows.map((row) => [row.bucket, row]))
  const series = buckets.map(({ start }, i) => ({
    start: new Date(start).toISOString(),
    ...toFigures(byBucket.get(i)),
  }))
  return { series, totals: toFigures(addUp(rows)) }
}

/** The groups with the most requests. Histograms are added up for these alone: there may be 100,000 groups. */
function busiest(app: App, scope: Scope, range: Range, grouping: Grouping, group: SQL): SQL {
  const rollups = rollupsOf(scope, coverRanges([range], app.now().getTime()), grouping)
  return sql`
    select ${group}, ${sums} from ${rollups} where (${group}) in (
      select ${group} from ${rollups}
      group by ${group} order by sum(requests) desc, ${group} limit ${topRows})
    group by ${group} order by requests desc, ${group}`
}

/** The busiest endpoints of a range. */
export async function readEndpoints(app: App, scope: Scope, range: Range): Promise<EndpointRow[]> {
  const { rows } = await app.db.execute<Counts & { route_id: string; method: string }>(
    busiest(app, scope, range, 'endpoints', sql`route_id, method`),
  )
  return toEndpointRows(app, rows)
}

export async function toEndpointRows(
  app: App,
  rows: (Counts & { route_id: string; method: string })[],
): Promise<EndpointRow[]> {
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
    busiest(app, scope, range, 'cells', sql`key_id`),
  )
  return toKeyRows(app, rows)
}

export async function toKeyRows(
  app: App,
  rows: (Counts & { key_id: string })[],
): Promise<KeyRow[]> {
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
    busiest(app, scope, range, 'organizations', sql`organization_id`),
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

export function addUp(rows: Counts[]): Counts {
  const total = { ...emptyCounts, bins: '' }
  for (const row of rows) {
    for (const name of counted) total[name] += row[name]
    total.bins += row.bins ?? ''
  }
  return total
}

const emptyCounts = {
  ...{ requests: 0, forwarded: 0, refused: 0, interrupted: 0, errors_4xx: 0, errors_5xx: 0 },
  ...{ bytes_in: 0, bytes_out: 0 },
}

export function toFigures(counts: Counts = { ...emptyCounts, bins: '' }): Figures {
  const bins = sumBins(counts.bins ?? '')
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
