import { sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { coverRanges, toRange } from './ranges.ts'
import { rollupsOf } from './read-rollups.ts'

const hourMs = 3_600_000

/** Requests of an organization in the last hour, to the minute, refusals included. */
export async function countLastHour(app: App, organizationId: string): Promise<number> {
  const now = app.now().getTime()
  const range = toRange({}, 'UTC', now, now - hourMs)
  const { rows } = await app.db.execute<{ requests: number }>(sql`
    select coalesce(sum(requests), 0)::bigint as requests
    from ${rollupsOf({ organizationId }, coverRanges([range], now))}`)
  return rows[0]!.requests
}
