import { sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { dropPartitions, ensurePartitions } from '../../core/db/day-partitions.ts'
import { type Job, jobAt, jobOn } from '../../core/jobs/jobs.ts'
import { organizationDeleted } from '../accounts/events.ts'
import { removeMeterUsage } from '../meters/remove-meter-usage.ts'
import { getPeriod } from '../plans/plans.ts'
import { getSettings } from '../settings/settings.ts'
import { warnOfMeters } from './meter-warnings.ts'
import { warnOfAllQuotas } from './quota-warnings.ts'
import { minuteRetentionMs } from './ranges.ts'
import { rollupTables } from './schema.ts'

const hourMs = 3_600_000
const dayMs = 86_400_000
const weekMs = 7 * dayMs

/** Makes the partitions of today and tomorrow, so that no request has to wait for one. */
export async function preparePartitions(app: App): Promise<void> {
  const now = app.now().getTime()
  await ensurePartitions(app, 'request_logs', [now, now + dayMs])
}

/** Removes logs and rollups that are older than their retention. */
export async function dropOldUsage(app: App): Promise<void> {
  const { usage_retention_days, usage_aggregate_retention_days } = await getSettings(app)
  const now = app.now().getTime()
  await dropPartitions(app, 'request_logs', new Date(now - usage_retention_days * dayMs))
  // An hour more than readers count on, for clocks that differ.
  const minutes = new Date(now - minuteRetentionMs - hourMs)
  // Whole weeks, so that what is left adds up to the same in all of them.
  const oldest = now - usage_aggregate_retention_days * dayMs
  const aggregates = new Date(Math.floor(oldest / weekMs) * weekMs)
  await app.db.execute(sql`delete from usage_minutes where start < ${minutes}`)
  await app.db.execute(sql`delete from usage_hours where start < ${aggregates}`)
  await app.db.execute(sql`delete from usage_days where start < ${aggregates}`)
  await app.db.execute(sql`delete from usage_weeks where start < ${aggregates}`)
  await app.db.execute(sql`
    delete from usage_totals
    where start < ${aggregates} or (unit = 'minute' and start < ${minutes})`)
  await app.db.execute(sql`delete from journal_cursors where updated_at < ${aggregates}`)
}

/** Removes all that is known of an organization's requests. What everybody did together stays as it was. */
export async function removeUsage(app: App, organizationId: string): Promise<void> {
  const isTheirs = sql`organization_id = ${organizationId}`
  await app.db.execute(sql`
    delete from key_activity where key_id in (
      select key_id from usage_days where ${isTheirs}
      union select key_id from usage_periods where ${isTheirs})`)
  // Logs can be many: a statement at a time stays far from its time limit.
  for (let removed = batchSize; removed === batchSize; ) {
    const { rowCount } = await app.db.execute(sql`
      delete from request_logs where (time, id) in (
        select time, id from request_logs where ${isTheirs} limit ${batchSize})`)
    removed = rowCount ?? 0
  }
  for (const table of [...Object.values(rollupTables), 'usage_totals', 'usage_periods']) {
    await app.db.execute(sql`delete from ${sql.identifier(table)} where ${isTheirs}`)
  }
}
const batchSize = 10_000

/** Removes what ended only after its organization had gone, such as a long stream. */
export async function removeStrays(app: App): Promise<void> {
  const now = app.now()
  const { rows } = await app.db.execute<{ id: string }>(sql`
    select organization_id as id from usage_days where start >= ${new Date(now.getTime() - 2 * dayMs)}
    union select organization_id from usage_periods where period_start = ${getPeriod(now).start}
    except select id from organizations`)
  for (const { id } of rows) {
    await removeUsage(app, id)
    await removeMeterUsage(app, id)
  }
}

/** What usage does by the clock, and when an organization goes. */
export const usageJobs: Job[] = [
  jobAt('* * * * *', 'usage.warn-of-quotas', warnOfAllQuotas),
  jobAt('* * * * *', 'usage.warn-of-meters', warnOfMeters),
  jobAt('10 * * * *', 'usage.prepare-partitions', preparePartitions),
  jobAt('40 * * * *', 'usage.drop-old', dropOldUsage),
  jobAt('50 * * * *', 'usage.remove-strays', removeStrays),
  jobOn(organizationDeleted, 'usage.remove-organization', (app, { organizationId }) =>
    removeUsage(app, organizationId),
  ),
]
