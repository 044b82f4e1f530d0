import { sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { addCounts } from './counts.ts'
import { rollupUnits } from './ranges.ts'
import { rollUp, type Sum } from './roll-up.ts'

/** All endpoints together. */
export const all = '*'

/**
 * Adds sums of minutes to the totals. The rows of everybody are the same for all servers: call it
 * last in a transaction, so that nobody waits long for them.
 */
export async function addTotals(tx: App, minutes: Sum[]): Promise<void> {
  if (minutes.length === 0) return
  const together = { key_id: '', route_id: all, method: all }
  const spread = minutes.flatMap((sum) => [
    { ...sum, ...together },
    { ...sum, ...together, organization_id: '' },
    { ...sum, key_id: '', organization_id: '' },
  ])
  const rows = rollupUnits.flatMap(({ unit, unitMs }) =>
    rollUp(spread, unitMs).map((row) => ({ ...row, unit })),
  )
  await tx.db.execute(sql`
    insert into usage_totals as t
    select * from jsonb_populate_recordset(null::usage_totals, ${JSON.stringify(rows)}::jsonb)
    on conflict (organization_id, unit, route_id, method, start) do update set ${addCounts}`)
}
