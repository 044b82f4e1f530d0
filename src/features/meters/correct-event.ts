import { and, eq, type SQL, sql } from 'drizzle-orm'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { getSettings } from '../settings/settings.ts'
import { assertTime, type Counted } from './place-events.ts'
import { eventIdentities, meterCorrections, meterEvents, meterRollups } from './schema.ts'
import { levels } from './store-events.ts'

/**
 * Gives an earlier event of the same source, meter and organization another value, or none, in the
 * period that it belongs to. False when this very correction was made before.
 * @throws AppError `unknown_event` where there is no such event, or none any more; `event_too_late`.
 */
export async function correctEvent(app: App, correction: Counted): Promise<boolean> {
  const { digest, source, eventId, organizationId, meter, value } = correction
  const corrected = correction.corrects!
  return inTransaction(app, async (tx) => {
    const claimed = await tx.db
      .insert(eventIdentities)
      .values({ digest, at: correction.at })
      .onConflictDoNothing()
      .returning({ digest: eventIdentities.digest })
    if (claimed.length === 0) return false
    const { at, value: before } = await lockEvent(tx, correction, corrected)
    const { events_late_days } = await getSettings(tx)
    assertTime(Date.parse(at), tx.now().getTime(), events_late_days)
    await tx.db.insert(meterCorrections).values({
      ...{ digest, organizationId, meterId: meter.id, at, corrected, source, eventId },
      ...{ before, after: value, receivedAt: tx.now() },
    })
    await tx.db
      .update(meterEvents)
      .set({ value })
      .where(isEvent(correction, at, corrected))
    await adjustRollups(tx, correction, at, before)
    return true
  })
}

const isEvent = ({ organizationId, meter }: Counted, at: string, digest: string) =>
  and(
    eq(meterEvents.organizationId, organizationId),
    eq(meterEvents.meterId, meter.id),
    eq(meterEvents.at, at),
    eq(meterEvents.digest, digest),
  )

async function lockEvent(tx: App, correction: Counted, digest: string) {
  const [identity] = await tx.db
    .select({ at: eventIdentities.at })
    .from(eventIdentities)
    .where(eq(eventIdentities.digest, digest))
  const [event] = identity
    ? await tx.db
        .select({ at: meterEvents.at, value: meterEvents.value })
        .from(meterEvents)
        .where(isEvent(correction, identity.at, digest))
        .for('update')
    : []
  if (event) return { ...event, at: toIso(event.at) }
  throw new AppError(
    'not_found',
    'unknown_event',
    'It corrects an event that is none of this source, meter and subject, or is not kept any more.',
  )
}

/** PostgreSQL writes a blank where ISO 8601 has a T, and a short offset. */
const toIso = (at: string) => at.replace(' ', 'T').replace(/\+00$/, 'Z')

/** The rollups of the event's hour and day are locked first, so that what is added up then is all there. */
async function adjustRollups(
  tx: App,
  { organizationId, meter, value }: Counted,
  at: string,
  before: string | null,
): Promise<void> {
  const isTheirs: SQL = sql`r.organization_id = ${organizationId} and r.meter_id = ${meter.id}
    and r.unit in ('day', 'hour') and r.start = date_trunc(r.unit, ${at}::timestamptz, 'UTC')`
  await tx.db.execute(
    sql`select from ${meterRollups} r where ${isTheirs} order by r.unit for update`,
  )
  await tx.db.execute(sql`
    update ${meterRollups} r set
      events = r.events + ${Number(value !== null) - Number(before !== null)},
      total = r.total + coalesce(${value}::numeric, 0) - coalesce(${before}::numeric, 0)
    where ${isTheirs}`)
  if (meter.kind === 'counter') return
  await tx.db.execute(sql`
    update ${meterRollups} r set (last, last_at, last_seq, highest) = (
      select ${sql.join(levels, sql`, `)} from ${meterEvents} e
      where e.organization_id = r.organization_id and e.meter_id = r.meter_id
        and e.at >= r.start and e.at < r.start + ('1 ' || r.unit)::interval
        and e.value is not null)
    where ${isTheirs}`)
}
