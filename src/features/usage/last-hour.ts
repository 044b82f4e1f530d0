import { sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { coverRanges, toRange } from './ranges.ts'
import { rollupsOf } from './rollups-of.ts'

const hourMs = 3_600_000

/** Requests of an organization in the last hour, to the minute, refusals included. */
export async function countLastHour(app: App, organizationId: string): Promise<number> {
  const { rows } = await app.db.execute<{ requests: number }>(sql`
    select coalesce(sum(requests), 0)::bigint as requests
    from ${rollupsOf({ organizationId }, lastHour(app))}`)
  return rows[0]!.requests
}

/** The same by the id of the key. Keys that made none are left out. */
export async function countLastHourByKey(
  app: App,
  organizationId: string,
): Promise<Map<string, number>> {
  const { rows } = await app.db.execute<{ key_id: string; requests: number }>(sql`
    select key_id, sum(requests)::bigint as requests
    from ${rollupsOf({ organizationId }, lastHour(app), 'cells')} group by 1`)
  return new Map(rows.map(({ key_id, requests }) => [key_id, requests]))
}

function lastHour(app: App) {
  const now = app.now().getTime()
  return coverRanges([toRange({}, 'UTC', now, now - hourMs)], now)
}
