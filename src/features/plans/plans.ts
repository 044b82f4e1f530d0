import { z } from '@hono/zod-openapi'
import { and, asc, eq, ne, or, sql } from 'drizzle-orm'
import { type Actor, requireAdmin } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { isForeignKeyViolation, isUniqueViolation } from '../../core/db/violations.ts'
import { AppError, fieldError, invalidInput, notFound } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { recordAudit } from '../audit/audit.ts'
import { changesOf } from '../audit/changes.ts'
import { toPlanJson } from './plan-json.ts'
import { type Plan, plans } from './schema.ts'

export type { Plan } from './schema.ts'

const limit = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).nullable()
const perMinute = z.number().int().min(1).max(10_000_000).nullable()
const amount = z.number().int().min(0).max(2_000_000_000)
const externalId = z.string().trim().min(1).max(200).nullable()

const currencies = new Set(Intl.supportedValuesOf('currency'))
const isCurrency = (code: string) => currencies.has(code)

const PlanFields = z.strictObject({
  name: z.string().trim().min(1, 'Give the plan a name').max(80),
  slug: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'Use small letters, digits and hyphens')
    .max(60)
    .refine((slug) => slug !== 'new', 'This word has a page of its own'),
  description: z.string().max(1000),
  price_monthly: amount,
  currency: z.string().refine(isCurrency, 'Use a code of ISO 4217, such as USD'),
  rate_limit_per_minute: perMinute,
  rate_limit_burst: z.number().int().min(0).max(10_000_000),
  requests_per_month: limit,
  quota_enforcement: z.enum(['hard', 'soft', 'warn']),
  overage_price: amount.nullable(),
  included_credits: amount,
  max_api_keys: z.number().int().min(0).max(100_000).nullable(),
  limits: z.record(z.string().max(80), z.number().min(0)),
  features: z.array(z.string().trim().min(1).max(120)).max(50),
  trial_days: z.number().int().min(0).max(366),
  segment: z.string().max(80).nullable(),
  stripe_price_id: externalId,
  paddle_price_id: externalId,
  lemonsqueezy_variant_id: externalId,
  is_default: z.boolean(),
  enabled: z.boolean(),
})

export const CreatePlan = PlanFields.partial().required({ name: true })
export type CreatePlan = z.infer<typeof CreatePlan>
export const UpdatePlan = PlanFields.partial()
export type UpdatePlan = z.infer<typeof UpdatePlan>

/** The billing period that `now` falls into: the calendar month in UTC, end exclusive. */
export function getPeriod(now: Date): { start: Date; end: Date } {
  const year = now.getUTCFullYear()
  const month = now.getUTCMonth()
  return { start: new Date(Date.UTC(year, month, 1)), end: new Date(Date.UTC(year, month + 1, 1)) }
}

/** All plans, cheapest first. */
export function listPlans(app: App): Promise<Plan[]> {
  return app.db
    .select()
    .from(plans)
    .orderBy(asc(plans.priceMonthly), asc(plans.createdAt), asc(plans.id))
}

/** A plan by id or slug. */
export async function getPlan(app: App, idOrSlug: string): Promise<Plan> {
  const [plan] = await app.db
    .select()
    .from(plans)
    .where(or(eq(plans.id, idOrSlug), eq(plans.slug, idOrSlug)))
  if (!plan) throw notFound('plan')
  return plan
}

/** The plan that a new organization gets, if the operator chose one. */
export async function findDefaultPlan(app: App): Promise<Plan | undefined> {
  const [plan] = await app.db.select().from(plans).where(and(plans.isDefault, plans.enabled))
  return plan
}

/** Creates a plan. Without a slug it is made of the name; the first plan of all becomes the default. */
export async function createPlan(app: App, actor: Actor, input: CreatePlan): Promise<Plan> {
  requireAdmin(actor)
  return inTransaction(app, async (tx) => {
    await lockPlans(tx)
    const isFirst = (await tx.db.$count(plans)) === 0
    const isDefault = input.is_default ?? isFirst
    if (isDefault) assertOpen(input.enabled ?? true)
    if (isDefault) await clearDefault(tx)
    const id = newId('pln', app.now().getTime())
    const slug = input.slug ?? slugOf(input.name)
    const row = { ...toColumns(input), id, slug, name: input.name, isDefault }
    const [plan] = await tx.db.insert(plans).values(row).returning().catch(explainSlug(slug))
    await recordAudit(tx, actor, {
      action: 'plans.created',
      target: { type: 'plan', id },
      changes: input,
    })
    return plan!
  })
}

/** Changes a plan for all who are on it, from the next request on. */
export async function updatePlan(
  app: App,
  actor: Actor,
  idOrSlug: string,
  input: UpdatePlan,
): Promise<Plan> {
  requireAdmin(actor)
  return inTransaction(app, async (tx) => {
    await lockPlans(tx)
    const before = await getPlan(tx, idOrSlug)
    if (input.is_default === false || input.enabled === false) assertNotDefault(before)
    if (input.is_default) assertOpen(input.enabled ?? before.enabled)
    if (input.is_default) await clearDefault(tx, before.id)
    const [plan] = await tx.db
      .update(plans)
      .set({ ...toColumns(input), updatedAt: app.now() })
      .where(eq(plans.id, before.id))
      .returning()
      .catch(explainSlug(input.slug ?? before.slug))
    await recordAudit(tx, actor, {
      action: 'plans.updated',
      target: { type: 'plan', id: before.id },
      changes: changesOf(toPlanJson(before), toPlanJson(plan!), input),
    })
    await tx.signals.send({ topic: 'plans', ids: [before.id] })
    return plan!
  })
}

/** @throws AppError `plan_in_use` while an organization is on it, `default_plan_required`. */
export async function deletePlan(app: App, actor: Actor, idOrSlug: string): Promise<void> {
  requireAdmin(actor)
  await inTransaction(app, async (tx) => {
    const plan = await getPlan(tx, idOrSlug)
    assertNotDefault(plan)
    await tx.db
      .delete(plans)
      .where(eq(plans.id, plan.id))
      .catch((error: unknown) => {
        if (!isForeignKeyViolation(error)) throw error
        throw new AppError(
          'conflict',
          'plan_in_use',
          'Customers are on {{plan}}. Move them first, or disable the plan.',
          { params: { plan: plan.name } },
        )
      })
    const { id, name } = plan
    await recordAudit(tx, actor, {
      action: 'plans.deleted',
      target: { type: 'plan', id },
      changes: { name },
    })
  })
}

function assertNotDefault(plan: Plan): void {
  if (!plan.isDefault) return
  throw new AppError(
    'conflict',
    'default_plan_required',
    'New customers begin on this plan. Make another one the default first.',
  )
}

/** A default plan that is disabled would leave new customers without any. */
function assertOpen(isEnabled: boolean): void {
  if (!isEnabled)
    throw invalidInput('is_default', 'New customers cannot begin on a plan that is disabled.')
}

/**
 * Lets plans be changed one after the other until the transaction ends: there is one default plan, and
 * what a change was made of is still so when it is written.
 */
export async function lockPlans(tx: App): Promise<void> {
  await tx.db.execute(sql`select pg_advisory_xact_lock(727102)`)
}

async function clearDefault(tx: App, exceptId?: string): Promise<void> {
  await tx.db
    .update(plans)
    .set({ isDefault: false })
    .where(and(plans.isDefault, exceptId ? ne(plans.id, exceptId) : undefined))
}

function explainSlug(slug: string): (error: unknown) => never {
  return (error) => {
    if (!isUniqueViolation(error, 'plans_slug_unique')) throw error
    throw fieldError('conflict', 'slug_taken', 'slug', 'There is a plan “{{slug}}” already.', {
      slug,
    })
  }
}

function slugOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
  return plain.replace(/^-+|-+$/g, '').slice(0, 60) || 'plan'
}

function toColumns(input: UpdatePlan): Partial<Plan> {
  const columns: Partial<Plan> = {
    slug: input.slug,
    name: input.name,
    description: input.description,
    priceMonthly: input.price_monthly,
    currency: input.currency,
    rateLimitPerMinute: input.rate_limit_per_minute,
    rateLimitBurst: input.rate_limit_burst,
    requestsPerMonth: input.requests_per_month,
    quotaEnforcement: input.quota_enforcement,
    overagePrice: input.overage_price,
    includedCredits: input.included_credits,
    maxApiKeys: input.max_api_keys,
    limits: input.limits,
    features: input.features,
    trialDays: input.trial_days,
    segment: input.segment,
    stripePriceId: input.stripe_price_id,
    paddlePriceId: input.paddle_price_id,
    lemonsqueezyVariantId: input.lemonsqueezy_variant_id,
    isDefault: input.is_default,
    enabled: input.enabled,
  }
  return columns
}
