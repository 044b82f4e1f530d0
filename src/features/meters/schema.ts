import { sql } from 'drizzle-orm'
import {
  bigint,
  bigserial,
  index,
  numeric,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'
import { createdAt, id, moment } from '../../core/db/columns.ts'

/** What the operator counts or measures of their own. */
export const meters = pgTable('meters', {
  id: id(),
  /** Also the `type` of its events, and its name in plans' `limits`. */
  key: text().notNull().unique(),
  name: text().notNull(),
  kind: text().$type<MeterKind>().notNull(),
  unit: text().notNull(),
  source: text().$type<MeterSource>().notNull().default('events'),
  /** Takes no more events, no route may name it, and is shown to nobody but the operator. */
  archivedAt: moment('archived_at'),
  createdAt: createdAt(),
  updatedAt: moment('updated_at').notNull().defaultNow(),
})
/** A counter adds up over a period; a gauge has a level, and keeps it until it is set anew. */
export type MeterKind = 'counter' | 'gauge'

/**
 * What feeds a meter: events of the operator's programs, or the gateway, which for each forwarded
 * request of the routes that name the meter adds 1, its body bytes both ways, or its credits.
 */
export const meterSources = ['events', 'requests', 'bytes', 'credits'] as const
export type MeterSource = (typeof meterSources)[number]
export type MeterRow = typeof meters.$inferSelect

export const serviceScopes = ['meter:write'] as const
export type ServiceScope = (typeof serviceScopes)[number]

/** Keys of the operator's own programs. They open what their scopes name, and nothing else. */
export const serviceKeys = pgTable('service_keys', {
  id: id(),
  name: text().notNull(),
  /** SHA-256 of the key. */
  digest: text().notNull().unique(),
  prefix: text().notNull(),
  lastFour: text('last_four').notNull(),
  scopes: text().array().$type<ServiceScope[]>().notNull(),
  createdBy: text('created_by'),
  createdAt: createdAt(),
  /** To the minute. */
  lastUsedAt: moment('last_used_at'),
  revokedAt: moment('revoked_at'),
})
export type ServiceKeyRow = typeof serviceKeys.$inferSelect

/** To the microsecond, as text: of two events in one millisecond the later one must be known. */
const microMoment = (name: string) =>
  timestamp(name, { withTimezone: true, precision: 6, mode: 'string' })

/**
 * Every event that was ever counted: what makes it count once. Kept for good, longer than the event
 * itself, and so no more than its digest, and the moment by which the event is found.
 */
export const eventIdentities = pgTable('event_identities', {
  /** 128 bits of the SHA-256 of source and id. */
  digest: uuid().primaryKey(),
  at: microMoment('at').notNull(),
})

/** One row an event, in partitions of a day, kept while events of that day may come or be corrected. */
export const meterEvents = pgTable(
  'meter_events',
  {
    organizationId: text('organization_id').notNull(),
    meterId: text('meter_id').notNull(),
    at: microMoment('at').notNull(),
    digest: uuid().notNull(),
    /** The order of arrival: the later one counts when two set a gauge at the same moment. */
    seq: bigserial({ mode: 'number' }).notNull(),
    source: text().notNull(),
    eventId: text('event_id').notNull(),
    /** As it counts, corrections included. Null once it was taken back. */
    value: numeric(),
    receivedAt: moment('received_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.organizationId, t.meterId, t.at, t.digest] })],
)

/** What corrections did, one after the other. */
export const meterCorrections = pgTable(
  'meter_corrections',
  {
    digest: uuid().primaryKey(),
    organizationId: text('organization_id').notNull(),
    meterId: text('meter_id').notNull(),
    at: microMoment('at').notNull(),
    corrected: uuid().notNull(),
    source: text().notNull(),
    eventId: text('event_id').notNull(),
    before: numeric(),
    after: numeric(),
    receivedAt: moment('received_at').notNull(),
  },
  (t) => [index('meter_corrections_organization').on(t.organizationId, t.at)],
)

/** Sums by hour and by day (UTC), written with what is counted: what every page and API reads. */
export const meterRollups = pgTable(
  'meter_rollups',
  {
    organizationId: text('organization_id').notNull(),
    meterId: text('meter_id').notNull(),
    unit: text().$type<'hour' | 'day'>().notNull(),
    start: moment().notNull(),
    /** Events, or forwarded requests. */
    events: bigint({ mode: 'number' }).notNull(),
    /** A counter's sum. */
    total: numeric(),
    /** What a gauge was set to last, and its highest value; null when all were taken back. */
    last: numeric(),
    lastAt: microMoment('last_at'),
    lastSeq: bigint('last_seq', { mode: 'number' }),
    highest: numeric(),
  },
  (t) => [
    primaryKey({ columns: [t.organizationId, t.meterId, t.unit, t.start] }),
    index('meter_rollups_start').using('brin', t.start),
    index('meter_rollups_meter').on(t.meterId).where(sql`${t.unit} = 'day'`),
  ],
)
