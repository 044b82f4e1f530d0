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
import { organizations, users } from '../accounts/schema.ts'

export type KeyEnvironment = 'live' | 'test'

/** API keys: only the SHA-256 of each is kept. Revoked ones stay as history. */
export const apiKeys = pgTable(
  'api_keys',
  {
    id: id(),
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    createdBy: text('created_by').references(() => users.id, { onDelete: 'set null' }),
    name: text().notNull(),
    /** Hexadecimal SHA-256 of the whole key. */
    digest: text().notNull().unique(),
    /** The part that may be shown, `ak_live_4fQ2`, and the last four characters. */
    prefix: text().notNull(),
    lastFour: text('last_four').notNull(),
    environment: text().$type<KeyEnvironment>().notNull(),
    scopes: jsonb().$type<string[]>().notNull(),
    ipAllowlist: jsonb('ip_allowlist').$type<string[]>().notNull().default([]),
    rateLimitPerMinute: integer('rate_limit_per_minute'),
    monthlyLimit: bigint('monthly_limit', { mode: 'number' }),
    /** True for a key of another system, whose form and checksum are unknown. */
    isImported: boolean('is_imported').notNull().default(false),
    /** The key that this one took over from. */
    rotatedFrom: text('rotated_from'),
    expiresAt: moment('expires_at'),
    /** The expiry that people were warned of; another one is news. */
    warnedOfExpiry: moment('warned_of_expiry'),
    revokedAt: moment('revoked_at'),
    createdAt: createdAt(),
  },
  (t) => [index('api_keys_organization').on(t.organizationId, t.createdAt, t.id)],
)
export type ApiKeyRow = typeof apiKeys.$inferSelect

/** Forwarded requests of a key in a billing period: what quotas and bills stand on. */
export const usagePeriods = pgTable(
  'usage_periods',
  {
    organizationId: text('organization_id').notNull(),
    keyId: text('key_id').notNull(),
    periodStart: moment('period_start').notNull(),
    forwarded: bigint({ mode: 'number' }).notNull(),
    credits: bigint({ mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.organizationId, t.periodStart, t.keyId] })],
)

/** When a key was last used. Moves forward only. */
export const keyActivity = pgTable('key_activity', {
  keyId: text('key_id').primaryKey(),
  lastUsedAt: moment('last_used_at').notNull(),
})
