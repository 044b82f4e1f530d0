import { text, timestamp } from 'drizzle-orm/pg-core'

/** A moment with its zone, read as a `Date`. */
export const moment = (name?: string) =>
  name
    ? timestamp(name, { withTimezone: true, precision: 3 })
    : timestamp({ withTimezone: true, precision: 3 })

/** When a row was made. */
export const createdAt = () => moment('created_at').notNull().defaultNow()

/** A primary key made by `newId`. */
export const id = () => text().primaryKey()
