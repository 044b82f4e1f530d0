import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { moment } from '../../core/db/columns.ts'
import { organizations, users } from '../accounts/schema.ts'
import type { NoticeType, Severity } from '../notices/notice-types.ts'
import { notices } from '../notices/schema.ts'
import type { MailMode } from './mail-mode.ts'

/** Notices in a person's centre. */
export const notes = pgTable(
  'notes',
  {
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    noticeId: text('notice_id')
      .notNull()
      .references(() => notices.id, { onDelete: 'cascade' }),
    readAt: moment('read_at'),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.noticeId] }),
    index('notes_unread').on(t.userId).where(sql`${t.readAt} is null`),
    index('notes_notice').on(t.noticeId),
  ],
)

/** What an organization chose; without a row everything is as usual. */
export const alertPreferences = pgTable('alert_preferences', {
  organizationId: text('organization_id')
    .primaryKey()
    .references(() => organizations.id, { onDelete: 'cascade' }),
  isMailed: boolean('is_mailed').notNull().default(true),
  isSlackOn: boolean('is_slack_on').notNull().default(false),
  /** Sealed. */
  slackUrl: text('slack_url'),
  severities: jsonb().$type<Severity[]>().notNull(),
  /** Percent; null while the operator's setting holds. */
  thresholds: integer().array(),
})

/** How a person wants to be mailed, where that is not the usual way. */
export const mailModes = pgTable(
  'mail_modes',
  {
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    type: text().$type<NoticeType>().notNull(),
    mode: text().$type<MailMode>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.type] })],
)

/** What waits for a person's next daily mail. */
export const digestEntries = pgTable(
  'digest_entries',
  {
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    noticeId: text('notice_id')
      .notNull()
      .references(() => notices.id, { onDelete: 'cascade' }),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.noticeId] }),
    index('digest_entries_notice').on(t.noticeId),
  ],
)
