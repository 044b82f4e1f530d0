import { index, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { createdAt, id, moment } from '../db/columns.ts'

/** Mails to be sent, and the last thousand that were. */
export const mails = pgTable(
  'mails',
  {
    id: id(),
    to: text().notNull(),
    subject: text().notNull(),
    /** Which mail it is, such as `accounts.reset-password`. */
    template: text().notNull(),
    html: text().notNull(),
    text: text().notNull(),
    headers: jsonb().$type<Record<string, string>>().notNull().default({}),
    /** `kept`: there is no SMTP server; it can be read in the admin's pages alone. */
    status: text().$type<'queued' | 'sent' | 'kept' | 'failed'>().notNull().default('queued'),
    error: text(),
    sentAt: moment('sent_at'),
    createdAt: createdAt(),
  },
  (t) => [index('mails_created').on(t.createdAt, t.id)],
)
export type MailRow = typeof mails.$inferSelect
