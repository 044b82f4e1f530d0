import { and, eq, sql } from 'drizzle-orm'
import { type App, inTransaction } from '../../core/app.ts'
import { copyRows } from '../../core/db/copy.ts'
import { ensurePartitions } from '../../core/db/day-partitions.ts'
import { AppError } from '../../core/errors.ts'
import type { UsageBatch, UsageRecord } from '../../core/usage-record.ts'
import { countRequests } from '../meters/count-requests.ts'
import { getPeriod } from '../plans/plans.ts'
import { getSettings } from '../settings/settings.ts'
import { addCounts } from './counts.ts'
import { warnOfQuotas } from './quota-warnings.ts'
import { rollupUnits } from './ranges.ts'
import { rollUp, type Sum, sumMinutes, sumPeriods } from './roll-up.ts'
import { journalCursors, requestLogs, rollupTables } from './schema.ts'
import { addTotals } from './totals.ts'

const dayMs = 86_400_000

/** How far a segment of the journal was recorded; 0 for an unknown one. */
export async function findCursor(app: App, segment: string): Promise<number> {
  const [row] = await app.db
    .select()
    .from(journalCursors)
    .where(eq(journalCursors.segment, segment))
  return row?.recordedTo ?? 0
}

/**
 * Stores a batch: log rows, rollups, counts of billing periods and meters, last use of keys. It moves the
 * segment's cursor in the same transaction, and only from `from`: the same batch twice counts once.
 * A log row outside the retention, or over a day ahead of the clock, is left out.
 * With `usage_tracking_enabled` off only what limits and bills stand on is kept.
 * What happens `alongside`, in the same transaction, gets the records that have a log row.
 * @throws AppError `cursor_moved` when the segment was recorded from elsewhere.
 */
export async function recordUsage(
  app: App,
  batch: UsageBatch,
  alongside?: (tx: App, logged: UsageRecord[]) => Promise<void>,
): Promise<void> {
  const { usage_tracking_enabled, usage_retention_days } = await getSettings(app)
  const now = app.now().getTime()
  const oldest = now - usage_retention_days * dayMs
  const logged = usage_tracking_enabled
    ? batch.records.filter(({ time }) => time >= oldest && time < now + dayMs)
    : []
  await ensurePartitions(
    app,
    'request_logs',
    logged.map(({ time }) => time),
  )
  const forwarded = batch.records.filter(({ outcome }) => outcome === 'forwarded')
  const minutes = usage_tracking_enabled ? sumMinutes(batch.records) : []
  await inTransaction(app, async (tx) => {
    await moveCursor(tx, batch)
    await insertLogs(tx, logged)
    await addRollups(tx, minutes)
    await addPeriods(tx, batch.records)
    await countRequests(tx, forwarded)
    await warnOfQuotas(tx, [...new Set(forwarded.map(({ organizationId }) => organizationId))])
    await touchKeys(tx, batch.records)
    await addTotals(tx, minutes)
    await alongside?.(tx, logged)
  })
}

/** Compare and set. The row of a segment is made with its first batch, at 0. */
async function moveCursor(tx: App, { segment, from, to }: UsageBatch): Promise<void> {
  await tx.db.insert(journalCursors).values({ segment, recordedTo: 0 }).onConflictDoNothing()
  const moved = await tx.db
    .update(journalCursors)
    .set({ recordedTo: to, updatedAt: tx.now() })
    .where(and(eq(journalCursors.segment, segment), eq(journalCursors.recordedTo, from)))
    .returning({ segment: journalCursors.segment })
  if (moved.length === 1) return
  throw new AppError(
    'conflict',
    'cursor_moved',
    'The journal segment {{segment}} was recorded from elsewhere.',
    { params: { segment } },
  )
}

/** In the order of the table's columns. */
async function insertLogs(tx: App, records: UsageRecord[]): Promise<void> {
  if (records.length === 0) return
  await copyRows(tx.db, requestLogs, records, (record) => [
    record.id,
    new Date(record.time).toISOString(),
    record.organizationId,
    record.userId,
    record.keyId,
    record.keyPrefix,
    record.environment,
    record.routeId,
    record.route,
    record.method,
    record.path,
    record.outcome,
    record.status,
    record.errorCode,
    toMicroseconds(record.latencyMs),
    record.upstreamMs === null ? null : toMicroseconds(record.upstreamMs),
    record.bytesIn,
    record.bytesOut,
    record.creditCost,
    record.clientIp,
    record.source,
    record.decision,
    record.limits?.rateLimit,
    record.limits?.rateRemaining,
    record.limits?.quota,
    record.limits?.quotaUsed,
  ])
}

export function toMicroseconds(ms: number): number {
  return Math.min(2_147_483_647, Math.round(ms * 1000))
}

async function addRollups(tx: App, minutes: Sum[]): Promise<void> {
  if (minutes.length === 0) return
  for (const { unit, unitMs } of rollupUnits) {
    const table = sql.identifier(rollupTables[unit])
    const rows = rollUp(minutes, unitMs)
    await tx.db.execute(sql`
      insert into ${table} as t
      select * from jsonb_populate_recordset(null::${table}, ${JSON.stringify(rows)}::jsonb)
      on conflict (organization_id, start, key_id, route_id, method) do update set ${addCounts}`)
  }
}

async function addPeriods(tx: App, records: UsageRecord[]): Promise<void> {
  const rows = sumPeriods(records, getPeriod)
  if (rows.length === 0) return
  await tx.db.execute(sql`
    insert into usage_periods as t
    select * from jsonb_populate_recordset(null::usage_periods, ${JSON.stringify(rows)}::jsonb)
    on conflict (organization_id, period_start, key_id) do update set
      forwarded = t.forwarded + excluded.forwarded, credits = t.credits + excluded.credits`)
}

async function touchKeys(tx: App, records: UsageRecord[]): Promise<void> {
  const latest = new Map<string, number>()
  for (const { keyId, time } of records) latest.set(keyId, Math.max(time, latest.get(keyId) ?? 0))
  const rows = [...latest]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key_id, time]) => ({ key_id, last_used_at: new Date(time).toISOString() }))
  if (rows.length === 0) return
  await tx.db.execute(sql`
    insert into key_activity as t
    select * from jsonb_populate_recordset(null::key_activity, ${JSON.stringify(rows)}::jsonb)
    on conflict (key_id) do update set last_used_at = greatest(t.last_used_at, excluded.last_used_at)`)
}
