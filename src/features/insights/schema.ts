import { date, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { users } from '../accounts/schema.ts'

/** The days, in UTC, on which a customer used the portal or its APIs. */
export const activeDays = pgTable(
  'active_days',
  {
    day: date().notNull(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
  },
  (t) => [primaryKey({ columns: [t.day, t.userId] }), index('active_days_user').on(t.userId)],
)

/** How often the documentation was looked at, by day in UTC. */
export const docsViews = pgTable('docs_views', {
  day: date().primaryKey(),
  views: integer().notNull(),
})
