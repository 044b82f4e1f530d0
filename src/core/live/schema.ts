import { bigint, index, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { createdAt, moment } from '../db/columns.ts'

/** How many events each stream has had. Its row is held while one is added: numbers commit in order. */
export const liveStreams = pgTable('live_streams', {
  stream: text().primaryKey(),
  seq: bigint({ mode: 'number' }).notNull().default(0),
  /** Until when somebody is taken to follow; read only for streams that are kept on demand. */
  followedUntil: moment('followed_until'),
})

/** The latest events of each stream, for those who follow it and those who come back to it. */
export const liveEvents = pgTable(
  'live_events',
  {
    stream: text().notNull(),
    seq: bigint({ mode: 'number' }).notNull(),
    event: text().notNull(),
    data: jsonb().notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.stream, t.seq] }), index('live_events_created').on(t.createdAt)],
)
