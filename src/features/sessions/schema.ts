import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
} from 'drizzle-orm/pg-core'
import { createdAt, id, moment } from '../../core/db/columns.ts'
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

/** Public keys whose private halves devices keep (WebAuthn). */
export const passkeys = pgTable(
  'passkeys',
  {
    id: id(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    /** As the device names it, in base64url. */
    credentialId: text('credential_id').notNull().unique(),
    /** COSE, in base64url. */
    publicKey: text('public_key').notNull(),
    /** How often the device says it was used; one that runs back is a copy. Many say nothing: 0. */
    counter: bigint({ mode: 'number' }).notNull(),
    transports: jsonb().$type<string[]>().notNull().default([]),
    /** The device's maker keeps a copy of it, for the person's other devices. */
    isSynced: boolean('is_synced').notNull(),
    createdAt: createdAt(),
    lastUsedAt: moment('last_used_at'),
  },
  (t) => [index('passkeys_user').on(t.userId)],
)
export type Passkey = typeof passkeys.$inferSelect
