import { index, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { createdAt, id, moment } from '../../core/db/columns.ts'
import type { NoticeType, Severity } from './notice-types.ts'

/** What happened and is to be told: the outbox that every channel is filled from. */
export const notices = pgTable(
  'notices',
  {
    id: id(),
    type: text().$type<NoticeType>().notNull(),
    severity: text().$type<Severity>().notNull(),
    organizationId: text('organization_id'),
    /** The one person that it is about; null for an organization's members. */
    userId: text('user_id'),
    data: jsonb().$type<Record<string, unknown>>().notNull(),
    createdAt: createdAt(),
    /** When it was handed to the channels. */
    toldAt: moment('told_at'),
  },
  (t) => [
    index('notices_organization').on(t.organizationId),
    index('notices_user').on(t.userId),
    index('notices_created').on(t.createdAt),
  ],
)
export type NoticeRow = typeof notices.$inferSelect
