import { sql } from 'drizzle-orm'
import { bigint, boolean, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { createdAt, id, moment } from '../../core/db/columns.ts'

export type QuotaEnforcement = 'hard' | 'soft' | 'warn'

/** What an organization buys. Null is unlimited. Money is in minor units of `currency`. */
export const plans = pgTable(
  'plans',
  {
    id: id(),
    slug: text().notNull().unique(),
    name: text().notNull(),
    description: text().notNull().default(''),
    priceMonthly: integer('price_monthly').notNull().default(0),
    currency: text().notNull().default('USD'),
    rateLimitPerMinute: integer('rate_limit_per_minute'),
    rateLimitBurst: integer('rate_limit_burst').notNull().default(0),
    requestsPerMonth: bigint('requests_per_month', { mode: 'number' }),
    quotaEnforcement: text('quota_enforcement').$type<QuotaEnforcement>().notNull().default('hard'),
    /** Per 1,000 requests over the quota. */
    overagePrice: integer('overage_price'),
    includedCredits: integer('included_credits').notNull().default(0),
    maxApiKeys: integer('max_api_keys'),
    limits: jsonb().$type<Record<string, number>>().notNull().default({}),
    features: jsonb().$type<string[]>().notNull().default([]),
    trialDays: integer('trial_days').notNull().default(0),
    segment: text(),
    stripePriceId: text('stripe_price_id'),
    paddlePriceId: text('paddle_price_id'),
    lemonsqueezyVariantId: text('lemonsqueezy_variant_id'),
    isDefault: boolean('is_default').notNull().default(false),
    enabled: boolean().notNull().default(true),
    createdAt: createdAt(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (t) => [uniqueIndex('plans_default').on(t.isDefault).where(sql`${t.isDefault}`)],
)
export type Plan = typeof plans.$inferSelect
