import { sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'

/** Removes all that was counted of an organization. The digests of its events say nothing of it, and stay. */
export async function removeMeterUsage(app: App, organizationId: string): Promise<void> {
  // Events can be many: a statement at a time stays far from its time limit.
  for (let removed = batchSize; removed === batchSize; ) {
    const { rowCount } = await app.db.execute(sql`
      delete from meter_events where (organization_id, meter_id, at, digest) in (
        select organization_id, meter_id, at, digest from meter_events
        where organization_id = ${organizationId} limit ${batchSize})`)
    removed = rowCount ?? 0
  }
  for (const table of ['meter_corrections', 'meter_rollups']) {
    await app.db.execute(
      sql`delete from ${sql.identifier(table)} where organization_id = ${organizationId}`,
    )
  }
}
const batchSize = 10_000
