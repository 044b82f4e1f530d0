import { index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { createdAt } from '../db/columns.ts'

/** What was answered to writes that carried an `Idempotency-Key`, for a day. */
export const idempotentAnswers = pgTable(
  'idempotent_answers',
  {
    caller: text().notNull(),
    key: text().notNull(),
    /** Of the request: method, address, organization, body. */
    fingerprint: text().notNull(),
    status: integer().notNull(),
    /** As it was sent, without what may be shown once only. */
    body: text().notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.caller, t.key] }),
    index('idempotent_answers_created').on(t.createdAt),
  ],
)
