import { sql } from 'drizzle-orm'
import { type Actor, requireOrganization } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'

type Row = { meter_id: string; at: string; digest: string; seen: Record<string, unknown> }

/** Every event of the organization that is kept, as it counts now, with exact decimals, in batches. */
export async function* exportEvents(app: App, actor: Actor) {
  const organizationId = requireOrganization(actor, 'usage:read')
  let last: Row | undefined
  do {
    const isNext = last
      ? sql`(e.meter_id, e.at, e.digest) > (${last.meter_id}, ${last.at}::timestamptz, ${last.digest}::uuid)`
      : sql`true`
    const { rows } = await app.db.execute<Row>(sql`
      select e.meter_id, e.at::text, e.digest, json_build_object(
        'meter', meters.key, 'source', e.source, 'id', e.event_id, 'time', e.at,
        'value', e.value::text, 'received_at', e.received_at) as seen
      from meter_events e join meters on meters.id = e.meter_id
      where e.organization_id = ${organizationId} and ${isNext}
      order by e.meter_id, e.at, e.digest limit ${batchSize}`)
    yield rows.map(({ seen }) => seen)
    last = rows.length === batchSize ? rows.at(-1) : undefined
  } while (last)
}
const batchSize = 1000
