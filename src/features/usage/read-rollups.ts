import { eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { organizations, users } from '../accounts/schema.ts'
import { apiKeys } from '../keys/schema.ts'
import { plans } from '../plans/schema.ts'
import { routes } from '../upstreams/schema.ts'
import { addUp, type Counts, sums, toFigures } from './counts.ts'
import { type Bucket, coverRanges, type Range } from './ranges.ts'
import { type Grouping, rollupsOf, type Scope } from './rollups-of.ts'
import type { EndpointRow, Figures, KeyRow, OrganizationRow, SeriesRow } from './usage-json.ts'

export const topRows = 100
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
