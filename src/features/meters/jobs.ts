import { sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { dropPartitions, ensurePartitions } from '../../core/db/day-partitions.ts'
import { type Job, jobAt, jobOn } from '../../core/jobs/jobs.ts'
import { organizationDeleted } from '../accounts/events.ts'
import { getSettings } from '../settings/settings.ts'
import { removeMeterUsage } from './remove-meter-usage.ts'
import { meterCorrections, meterRollups } from './schema.ts'

const dayMs = 86_400_000

/** Makes the partitions of today and tomorrow, so that no event has to wait for one. */
export async function prepareEventPartitions(app: App): Promise<void> {
  const now = app.now().getTime()
  await ensurePartitions(app, 'meter_events', [now, now + dayMs])
}

/**
 * Removes events that can neither come late nor be corrected any more, and sums that are older than
 * their retention, but for the one that holds the present level of a gauge.
 */
export async function dropOldEvents(app: App): Promise<void> {
  const settings = await getSettings(app)
  const now = app.now().getTime()
  const kept = Math.max(settings.events_late_days, settings.usage_retention_days) + 1
  const oldest = new Date(now - kept * dayMs)
  await dropPartitions(app, 'meter_events', oldest)
  await app.db.execute(sql`delete from ${meterCorrections} where at < ${oldest}`)
  const before = new Date(now - settings.usage_aggregate_retention_days * dayMs)
  await app.db.execute(sql`
    delete from ${meterRollups} r where r.start < ${before} and (r.last is null or exists (
      select from ${meterRollups} later where later.organization_id = r.organization_id
        and later.meter_id = r.meter_id and later.unit = r.unit and later.start > r.start
        and later.last is not null))`)
}

/** What meters do by the clock, and when an organization goes. */
export const metersJobs: Job[] = [
  jobAt('12 * * * *', 'meters.prepare-partitions', prepareEventPartitions),
  jobAt('42 * * * *', 'meters.drop-old', dropOldEvents),
  jobOn(organizationDeleted, 'meters.remove-organization', (app, { organizationId }) =>
    removeMeterUsage(app, organizationId),
  ),
]
