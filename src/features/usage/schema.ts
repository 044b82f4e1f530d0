import { sql } from 'drizzle-orm'
import {
  bigint,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
} from 'drizzle-orm/pg-core'
import { moment } from '../../core/db/columns.ts'
import type { UsageRecord } from '../../core/usage-record.ts'
import { organizations } from '../accounts/schema.ts'

/** How far each journal segment was recorded: what makes a batch count once. */
export const journalCursors = pgTable('journal_cursors', {
  segment: text().primaryKey(),
  recordedTo: bigint('recorded_to', { mode: 'number' }).notNull(),
  updatedAt: moment('updated_at').notNull().defaultNow(),
})

/** One row a request, in partitions of a day, kept for `usage_retention_days`. */
export const requestLogs = pgTable(
  'request_logs',
  {
    id: text().notNull(),
    time: moment().notNull(),
    organizationId: text('organization_id').notNull(),
    userId: text('user_id').notNull(),
    keyId: text('key_id').notNull(),
    keyPrefix: text('key_prefix').notNull(),
    environment: text().$type<UsageRecord['environment']>().notNull(),
    routeId: text('route_id'),
    route: text(),
    method: text().notNull(),
    path: text().notNull(),
    outcome: text().$type<UsageRecord['outcome']>().notNull(),
    status: smallint().notNull(),
    errorCode: text('error_code'),
    /** Tenths of a millisecond would be false precision: whole microseconds, as an integer. */
    latencyUs: integer('latency_us').notNull(),
    upstreamUs: integer('upstream_us'),
    bytesIn: bigint('bytes_in', { mode: 'number' }).notNull(),
    bytesOut: bigint('bytes_out', { mode: 'number' }).notNull(),
    creditCost: integer('credit_cost').notNull(),
    clientIp: text('client_ip').notNull(),
    source: text().$type<UsageRecord['source']>().notNull(),
    decision: jsonb().$type<UsageRecord['decision']>(),
    /** Limits as the answer's headers told them; all null where none were asked. */
    rateLimit: bigint('rate_limit', { mode: 'number' }),
    rateRemaining: bigint('rate_remaining', { mode: 'number' }),
    quota: bigint({ mode: 'number' }),
    quotaUsed: bigint('quota_used', { mode: 'number' }),
  },
  // Without the id: it holds the time, so that few rows share both, and each index costs every request.
  (t) => [
    index('request_logs_time').on(t.time),
    index('request_logs_organization').on(t.organizationId, t.time),
    index('request_logs_errors').on(t.organizationId, t.time).where(sql`${t.status} >= 400`),
  ],
)
export type RequestLogRow = typeof requestLogs.$inferSelect

/** Thresholds of a meter that were told, each once in a period. */
export const quotaWarnings = pgTable(
  'quota_warnings',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    meter: text().notNull(),
    periodStart: moment('period_start').notNull(),
    threshold: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.organizationId, t.meter, t.periodStart, t.threshold] })],
)

const figureColumns = {
  requests: bigint({ mode: 'number' }).notNull(),
  forwarded: bigint({ mode: 'number' }).notNull(),
  refused: bigint({ mode: 'number' }).notNull(),
  interrupted: bigint({ mode: 'number' }).notNull(),
  errors4xx: bigint('errors_4xx', { mode: 'number' }).notNull(),
  errors5xx: bigint('errors_5xx', { mode: 'number' }).notNull(),
  bytesIn: bigint('bytes_in', { mode: 'number' }).notNull(),
  bytesOut: bigint('bytes_out', { mode: 'number' }).notNull(),
  /** Counts of forwarded requests by latency bin; see histogram.ts for the bins. */
  latencyBins: integer('latency_bins').array().notNull(),
}

const rollupColumns = {
  /** Start of the minute, hour, day or week, in UTC. */
  start: moment().notNull(),
  organizationId: text('organization_id').notNull(),
  keyId: text('key_id').notNull(),
  /** Empty when no route matched. */
  routeId: text('route_id').notNull(),
  method: text().notNull(),
  ...figureColumns,
}

export const usageMinutes = pgTable('usage_minutes', rollupColumns, (t) => [
  primaryKey({ columns: [t.organizationId, t.start, t.keyId, t.routeId, t.method] }),
  index('usage_minutes_start').using('brin', t.start),
])
export const usageHours = pgTable('usage_hours', rollupColumns, (t) => [
  primaryKey({ columns: [t.organizationId, t.start, t.keyId, t.routeId, t.method] }),
  index('usage_hours_start').using('brin', t.start),
])
export const usageDays = pgTable('usage_days', rollupColumns, (t) => [
  primaryKey({ columns: [t.organizationId, t.start, t.keyId, t.routeId, t.method] }),
  index('usage_days_start').using('brin', t.start),
])
/** Seven days counted from 1 January 1970, for long ranges. */
export const usageWeeks = pgTable('usage_weeks', rollupColumns, (t) => [
  primaryKey({ columns: [t.organizationId, t.start, t.keyId, t.routeId, t.method] }),
  index('usage_weeks_start').using('brin', t.start),
])

export const rollupTables = {
  minute: 'usage_minutes',
  hour: 'usage_hours',
  day: 'usage_days',
  week: 'usage_weeks',
} as const

/**
 * What the rollups add up to: of each organization, of everybody (an empty organization), and of
 * everybody by endpoint. Where nothing is filtered, one row of these stands for hundreds.
 */
export const usageTotals = pgTable(
  'usage_totals',
  {
    organizationId: text('organization_id').notNull(),
    unit: text().$type<'minute' | 'hour' | 'day' | 'week'>().notNull(),
    /** `*` for all endpoints. */
    routeId: text('route_id').notNull(),
    method: text().notNull(),
    start: moment().notNull(),
    ...figureColumns,
  },
  (t) => [
    primaryKey({ columns: [t.organizationId, t.unit, t.routeId, t.method, t.start] }),
    index('usage_totals_start').using('brin', t.start),
  ],
)
