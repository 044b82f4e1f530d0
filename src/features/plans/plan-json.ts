import { z } from '@hono/zod-openapi'
import type { Plan } from './schema.ts'

/** A plan as every API shows it. Null is unlimited; money is in minor units. */
export const PlanJson = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    description: z.string(),
    price_monthly: z.number(),
    currency: z.string(),
    rate_limit_per_minute: z.number().nullable(),
    rate_limit_burst: z.number(),
    requests_per_month: z.number().nullable(),
    quota_enforcement: z.enum(['hard', 'soft', 'warn']),
    overage_price: z.number().nullable(),
    included_credits: z.number(),
    max_api_keys: z.number().nullable(),
    limits: z.record(z.string(), z.number()),
    features: z.array(z.string()),
    trial_days: z.number(),
    segment: z.string().nullable(),
    stripe_price_id: z.string().nullable(),
    paddle_price_id: z.string().nullable(),
    lemonsqueezy_variant_id: z.string().nullable(),
    is_default: z.boolean(),
    enabled: z.boolean(),
    created_at: z.string(),
  })
  .openapi('Plan')

export function toPlanJson(plan: Plan): z.infer<typeof PlanJson> {
  return {
    id: plan.id,
    slug: plan.slug,
    name: plan.name,
    description: plan.description,
    price_monthly: plan.priceMonthly,
    currency: plan.currency,
    rate_limit_per_minute: plan.rateLimitPerMinute,
    rate_limit_burst: plan.rateLimitBurst,
    requests_per_month: plan.requestsPerMonth,
    quota_enforcement: plan.quotaEnforcement,
    overage_price: plan.overagePrice,
    included_credits: plan.includedCredits,
    max_api_keys: plan.maxApiKeys,
    limits: plan.limits,
    features: plan.features,
    trial_days: plan.trialDays,
    segment: plan.segment,
    stripe_price_id: plan.stripePriceId,
    paddle_price_id: plan.paddlePriceId,
    lemonsqueezy_variant_id: plan.lemonsqueezyVariantId,
    is_default: plan.isDefault,
    enabled: plan.enabled,
    created_at: plan.createdAt.toISOString(),
  }
}
