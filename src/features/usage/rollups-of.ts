import { type SQL, sql } from 'drizzle-orm'
import type { Piece } from './ranges.ts'
import { rollupTables } from './schema.ts'
import { all } from './totals.ts'

/** Whose rollups are read. Without an organization, everybody's: for the operator alone. */
export type Scope = { organizationId?: string; keyId?: string; routeId?: string }

/** What rows are grouped by. `cells` are the rows by key, endpoint and method themselves. */
export type Grouping = 'nothing' | 'endpoints' | 'organizations' | 'cells'

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
