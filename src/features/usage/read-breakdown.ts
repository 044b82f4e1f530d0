import { eq, sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { apiKeys } from '../keys/schema.ts'
import { addUp, type Counts, sums } from './counts.ts'
import { coverRanges, type Range } from './ranges.ts'
import { readEndpoints, readKeys, toEndpointRows, toKeyRows, topRows } from './read-rollups.ts'
import { rollupsOf, type Scope } from './rollups-of.ts'
import type { EndpointRow, KeyRow } from './usage-json.ts'

type Cell = Counts & { key_id: string; route_id: string; method: string }

/** With more keys, rows by key and endpoint can be too many to hold all of them. */
const mostKeys = 50

/** The busiest endpoints and keys of an organization in a range. */
export async function readBreakdown(
  app: App,
  scope: Scope & { organizationId: string },
  range: Range,
): Promise<{ endpoints: EndpointRow[]; keys: KeyRow[] }> {
  const keys = await app.db.$count(apiKeys, eq(apiKeys.organizationId, scope.organizationId))
  if (keys > mostKeys)
    return {
      endpoints: await readEndpoints(app, scope, range),
      keys: await readKeys(app, scope, range),
    }
  // Both lists are sums of the same rows, which are read once for them.
  const { rows } = await app.db.execute<Cell>(sql`
    select key_id, route_id, method, ${sums}
    from ${rollupsOf(scope, coverRanges([range], app.now().getTime()), 'cells')} group by 1, 2, 3`)
  const byEndpoint = ({ route_id, method }: Cell) => `${route_id}\t${method}`
  return {
    endpoints: await toEndpointRows(app, busiestOf(rows, byEndpoint)),
    keys: await toKeyRows(
      app,
      busiestOf(rows, ({ key_id }) => key_id),
    ),
  }
}

/** Rows that have the same name, added up; those with the most requests. */
function busiestOf(rows: Cell[], nameOf: (row: Cell) => string): Cell[] {
  return [...Map.groupBy(rows, nameOf)]
    .map(([name, group]) => ({ name, row: { ...group[0]!, ...addUp(group) } }))
    .sort((a, b) => b.row.requests - a.row.requests || (a.name < b.name ? -1 : 1))
    .slice(0, topRows)
    .map(({ row }) => row)
}
