import { index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import type { MemberRole } from '../../core/actor.ts'
import { createdAt, id, moment } from '../../core/db/columns.ts'
import { organizations, users } from '../accounts/schema.ts'

/** Invitations that nobody has accepted yet. Accepted and revoked ones are gone: the audit log tells of them. */
export const invitations = pgTable(
  'invitations',
  {
    id: id(),
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    /** In lower case. Only the account with this address can accept. */
    email: text().notNull(),
    role: text().$type<Exclude<MemberRole, 'owner'>>().notNull(),
    /** Hexadecimal SHA-256 of the token in the mail. */
    tokenHash: text('token_hash').notNull().unique(),
    invitedBy: text('invited_by').references(() => users.id, { onDelete: 'set null' }),
    expiresAt: moment('expires_at').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    uniqueIndex('invitations_email').on(t.organizationId, t.email),
    index('invitations_expires').on(t.expiresAt),
  ],
)
export type InvitationRow = typeof invitations.$inferSelect
