import { integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { createdAt } from '../../core/db/columns.ts'
import { users } from '../accounts/schema.ts'

/** What makes a user's codes (RFC 6238). It is asked for once `users.two_factor_enabled_at` is set. */
export const secondFactors = pgTable('second_factors', {
  userId: text('user_id')
    .primaryKey()
    .references(() => users.id, { onDelete: 'cascade' }),
  sealedSecret: text('sealed_secret').notNull(),
  /** The latest time step whose code was accepted: a code works once. */
  lastStep: integer('last_step').notNull().default(0),
  /** The recovery codes while they wait, with the secret, for a first code. Null once that has come. */
  sealedRecoveryCodes: text('sealed_recovery_codes'),
  createdAt: createdAt(),
})

/** Codes for who has lost what makes the others. One that was used is gone. */
export const recoveryCodes = pgTable(
  'recovery_codes',
  {
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** Hexadecimal SHA-256. */
    digest: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.digest] })],
)
