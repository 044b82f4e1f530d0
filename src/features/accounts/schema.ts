import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import type { MemberRole, Role } from '../../core/actor.ts'
import { createdAt, id, moment } from '../../core/db/columns.ts'
import type { ImportReport } from './import-report.ts'

export type UserStatus = 'active' | 'pending' | 'suspended'
export type Metadata = Record<string, string | number | boolean>

/** People: customers, support agents, administrators. */
export const users = pgTable(
  'users',
  {
    id: id(),
    /** Always in lower case. */
    email: text().notNull(),
    name: text().notNull().default(''),
    role: text().$type<Role>().notNull().default('customer'),
    status: text().$type<UserStatus>().notNull().default('active'),
    suspendedAt: moment('suspended_at'),
    /** For operators alone. */
    suspensionReason: text('suspension_reason'),
    emailVerified: boolean('email_verified').notNull().default(false),
    emailVerifiedAt: moment('email_verified_at'),
    image: text(),
    metadata: jsonb().$type<Metadata>().notNull().default({}),
    stripeCustomerId: text('stripe_customer_id'),
    locale: text(),
    timezone: text(),
    lastLoginAt: moment('last_login_at'),
    /** Since when signing in needs a second factor; null while it does not. */
    twoFactorEnabledAt: moment('two_factor_enabled_at'),
    /** The organization that they worked in last: where a new session begins. */
    lastOrganizationId: text('last_organization_id'),
    /** Hashes of the programs that signed in before, so that a new one can be told. */
    knownDevices: jsonb('known_devices').$type<string[]>().notNull().default([]),
    createdAt: createdAt(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('users_email').on(sql`lower(${t.email})`),
    index('users_created').on(t.createdAt, t.id),
  ],
)
export type User = typeof users.$inferSelect

/** Signed-in browsers and bearer tokens. */
export const sessions = pgTable(
  'sessions',
  {
    id: id(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    token: text().notNull().unique(),
    expiresAt: moment('expires_at').notNull(),
    ipAddress: text('ip_address'),
    userAgent: text('user_agent'),
    activeOrganizationId: text('active_organization_id'),
    /** A passkey opened it, which stands for both factors. */
    isByPasskey: boolean('is_by_passkey').notNull().default(false),
    /** Whom an administrator's session acts as in the portal, and until when. */
    actingAs: text('acting_as').references(() => users.id, { onDelete: 'set null' }),
    actingUntil: moment('acting_until'),
    createdAt: createdAt(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (t) => [index('sessions_user').on(t.userId)],
)

/** What operators note about a user. No customer ever reads it. */
export const userNotes = pgTable(
  'user_notes',
  {
    id: id(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    authorId: text('author_id').references(() => users.id, { onDelete: 'set null' }),
    body: text().notNull(),
    createdAt: createdAt(),
  },
  (t) => [index('user_notes_user').on(t.userId, t.createdAt, t.id)],
)

/** Files that wait to be imported, and the reports of those that were. */
export const userImports = pgTable(
  'user_imports',
  {
    id: id(),
    startedBy: text('started_by').references(() => users.id, { onDelete: 'cascade' }),
    fileName: text('file_name').notNull(),
    /** Null once it is imported. */
    csv: text(),
    report: jsonb().$type<ImportReport>().notNull(),
    createdAt: createdAt(),
  },
  (t) => [index('user_imports_created').on(t.createdAt)],
)

/** Ways to sign in: a password, or an identity at a provider. */
export const identities = pgTable(
  'identities',
  {
    id: id(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    providerId: text('provider_id').notNull(),
    accountId: text('account_id').notNull(),
    /** argon2id, for the provider `credential`. */
    password: text(),
    accessToken: text('access_token'),
    refreshToken: text('refresh_token'),
    idToken: text('id_token'),
    accessTokenExpiresAt: moment('access_token_expires_at'),
    refreshTokenExpiresAt: moment('refresh_token_expires_at'),
    scope: text(),
    createdAt: createdAt(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('identities_account').on(t.providerId, t.accountId),
    index('identities_user').on(t.userId),
  ],
)

/** Short-lived proofs, such as of an address. */
export const verifications = pgTable(
  'verifications',
  {
    id: id(),
    identifier: text().notNull(),
    value: text().notNull(),
    expiresAt: moment('expires_at').notNull(),
    /** How often its bearer tried to do what it is for. */
    attempts: integer().notNull().default(0),
    createdAt: createdAt(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (t) => [index('verifications_identifier').on(t.identifier)],
)

/** Changes of a user's address that wait until both addresses have agreed. */
export const emailChanges = pgTable('email_changes', {
  userId: text('user_id')
    .primaryKey()
    .references(() => users.id, { onDelete: 'cascade' }),
  newEmail: text('new_email').notNull(),
  newAgreedAt: moment('new_agreed_at'),
  oldAgreedAt: moment('old_agreed_at'),
  expiresAt: moment('expires_at').notNull(),
  createdAt: createdAt(),
})
export type EmailChange = typeof emailChanges.$inferSelect

/** What holds keys, a plan, usage and invoices: one person's, or a team's. */
export const organizations = pgTable(
  'organizations',
  {
    id: id(),
    name: text().notNull(),
    slug: text().notNull().unique(),
    logo: text(),
    metadata: text(),
    /** A person owns one organization at most: its plan is what is called the person's plan. */
    ownerId: text('owner_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    planId: text('plan_id'),
    /** Members without a second factor can do nothing in it. */
    requiresTwoFactor: boolean('requires_two_factor').notNull().default(false),
    /** Where a new billing period begins for it. */
    createdAt: createdAt(),
  },
  (t) => [
    uniqueIndex('organizations_owner').on(t.ownerId),
    index('organizations_plan').on(t.planId),
  ],
)
export type Organization = typeof organizations.$inferSelect

export const members = pgTable(
  'members',
  {
    id: id(),
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    role: text().$type<MemberRole>().notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    uniqueIndex('members_user').on(t.organizationId, t.userId),
    index('members_by_user').on(t.userId),
  ],
)
