import { type SQL, sql } from 'drizzle-orm'
import { type Actor, requireOrganization } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { type Counts, sums, toFigures } from './counts.ts'
import { type Bucket, coverRanges } from './ranges.ts'
import { rollupsOf, type Scope } from './rollups-of.ts'
import { toScope, toTimes } from './usage.ts'
import type { UsageQuery } from './usage-input.ts'

export const exportColumns = [
  ...['start', 'key_id', 'key_name', 'method', 'path', 'route_id', 'requests', 'forwarded'],
  ...['refused', 'interrupted', 'errors_4xx', 'errors_5xx', 'bytes_in', 'bytes_out'],
  ...['p50_ms', 'p95_ms', 'p99_ms'],
]

type Cell = Counts & {
  key_id: string
  key_name: string | null
  method: string
  path: string | null
  route_id: string
}

const batchSize = 1000

/** A query's usage, one row for each interval, key and endpoint that was used in it, in batches. */
export async function* exportUsage(app: App, actor: Actor, query: UsageQuery, zone: string) {
  const organizationId = requireOrganization(actor, 'usage:read')
  const scope = await toScope(app, organizationId, query)
  for (const bucket of toTimes(app, query, zone).buckets) {
    let last: Cell | undefined
    do {
      const cells = await readCells(app, scope, bucket, last)
      yield cells.map((cell) => toRow(bucket, cell))
      last = cells.length === batchSize ? cells.at(-1) : undefined
    } while (last)
  }
}

async function readCells(app: App, scope: Scope, bucket: Bucket, last?: Cell): Promise<Cell[]> {
  const after: SQL = last
    ? sql`(r.key_id, r.route_id, r.method) > (${last.key_id}, ${last.route_id}, ${last.method})`
    : sql`true`
  const pieces = coverRanges([bucket], app.now().getTime())
  const { rows } = await app.db.execute<Cell>(sql`
    select t.*, k.name as key_name, p.path as path from (
      select key_id, route_id, method, ${sums} from ${rollupsOf(scope, pieces, 'cells')}
      where ${after} group by 1, 2, 3 order by 1, 2, 3 limit ${batchSize}) as t
    left join api_keys k on k.id = t.key_id left join routes p on p.id = t.route_id
    order by t.key_id, t.route_id, t.method`)
  return rows
}

function toRow(bucket: Bucket, cell: Cell) {
  const { latency_ms, errors, ...figures } = toFigures(cell)
  return {
    start: new Date(bucket.start).toISOString(),
    key_id: cell.key_id,
    key_name: cell.key_name,
    method: cell.method,
    path: cell.path,
    route_id: cell.route_id || null,
    ...figures,
    p50_ms: latency_ms.p50,
    p95_ms: latency_ms.p95,
    p99_ms: latency_ms.p99,
  }
}
