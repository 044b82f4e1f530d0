import { boolean, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { moment } from '../../core/db/columns.ts'

/** What the operator changed. A setting without a row has its default. */
export const settings = pgTable('settings', {
  key: text().primaryKey(),
  /** Plain JSON, or `{ sealed }` for a secret. */
  value: jsonb().notNull(),
  isSecret: boolean('is_secret').notNull().default(false),
  updatedAt: moment('updated_at').notNull().defaultNow(),
})
