import { sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import type { Counted } from './place-events.ts'
import { eventIdentities, meterEvents, meterRollups, meters } from './schema.ts'

/** The value that was set last, and which event set it: the later one of two at the same moment. */
const lastOf = (column: 'value' | 'seq') =>
  sql`(array_agg(${sql.identifier(column)} order by at desc, seq desc))[1]`

/** What a rollup says of a gauge, from rows with `at`, `seq` and `value`. */
export const levels = [lastOf('value'), sql`max(at)`, lastOf('seq'), sql`max(value)`]

/**
 * Stores events that were never seen, with the rollups that they add to, in one statement: an event
 * is there with all that it counts for, or not at all. Returns how many were new. Rows are locked in
 * one order, identities first, so that replays of overlapping batches wait for each other and never
 * in a circle.
 */
export async function storeEvents(app: App, events: Counted[]): Promise<number> {
  const given = new Map<string, object>()
  for (const [n, event] of events.entries()) {
    const { digest, source, eventId, at, value, organizationId, meter } = event
    // Of two in one batch the first counts, as of two batches.
    if (given.has(digest)) continue
    const row = { n, digest, source, event_id: eventId, at, value }
    given.set(digest, { ...row, organization_id: organizationId, meter_id: meter.id })
  }
  const { rows } = await app.db.execute<{ stored: number }>(sql`
    with given as (
      select * from json_to_recordset(${JSON.stringify([...given.values()])}::json) as g(
        n int, digest uuid, source text, event_id text, at timestamptz, value numeric,
        organization_id text, meter_id text)
    ), fresh as (
      insert into ${eventIdentities} (digest, at)
      select digest, at from given order by digest
      on conflict do nothing returning digest
    ), stored as (
      insert into ${meterEvents}
        (organization_id, meter_id, at, digest, source, event_id, value, received_at)
      select organization_id, meter_id, at, digest, source, event_id, value, ${app.now()}
      from given join fresh using (digest) order by n
      returning organization_id, meter_id, at, seq, value
    ), rolled as (
      insert into ${meterRollups} as r
        (organization_id, meter_id, unit, start, events, total, last, last_at, last_seq, highest)
      select organization_id, meter_id, span, date_trunc(span, at, 'UTC'), count(*),
        case m.kind when 'counter' then sum(value) end,
        ${sql.join(
          levels.map((level) => sql`case m.kind when 'gauge' then ${level} end`),
          sql`, `,
        )}
      from stored join ${meters} m on m.id = meter_id, (values ('day'), ('hour')) as spans(span)
      group by 1, 2, 3, 4, m.kind order by 1, 2, 3, 4
      on conflict (organization_id, meter_id, unit, start) do update set
        events = r.events + excluded.events,
        total = r.total + excluded.total,
        last = case when ${isLater} then excluded.last else r.last end,
        last_at = case when ${isLater} then excluded.last_at else r.last_at end,
        last_seq = case when ${isLater} then excluded.last_seq else r.last_seq end,
        highest = greatest(r.highest, excluded.highest)
    )
    select count(*)::int as stored from stored`)
  return rows[0]!.stored
}

const isLater = sql`(r.last_at is null or (excluded.last_at, excluded.last_seq) > (r.last_at, r.last_seq))`
