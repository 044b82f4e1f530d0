import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { type Actor, requireAdmin } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { toShare } from '../usage/usage-json.ts'
import { dayOf, keptDays } from './activity.ts'

export const PortalQuery = z.object({
  days: z.coerce
    .number()
    .int()
    .min(1)
    .max(keptDays)
    .default(30)
    .openapi({ description: 'How many days, today included, keys, views and upgrades are of' }),
})

const count = z.number().int()

export const PortalAnalytics = z
  .object({
    active_users: z.object({
      dau: count.openapi({ description: 'Customers who came today (UTC)' }),
      mau: count.openapi({ description: 'Customers who came in the last 30 days' }),
    }),
    keys: z.object({ created: count, per_day: z.number() }),
    docs: z.object({ views: count }),
    upgrades: z.object({
      conversions: count.openapi({ description: 'Changes to a plan with a higher price' }),
      rate: z.number().nullable().openapi({
        description:
          'Customers who went from a free plan to one with a price, as a share of them and of those who are on a free plan; 0 to 1',
      }),
    }),
  })
  .openapi('PortalAnalytics')
export type PortalAnalytics = z.infer<typeof PortalAnalytics>

/** How the portal is used: who comes, keys, looks at the documentation, upgrades. */
export async function getPortalAnalytics(
  app: App,
  actor: Actor,
  { days }: z.infer<typeof PortalQuery>,
): Promise<PortalAnalytics> {
  requireAdmin(actor)
  const today = dayOf(app)
  const first = dayOf(app, days - 1)
  const { rows } = await app.db.execute<Record<string, number>>(sql`
    select
      (select count(*) from active_days where day = ${today}) as dau,
      (select count(distinct user_id) from active_days
        where day between ${dayOf(app, 29)} and ${today}) as mau,
      (select count(*) from api_keys where created_at >= ${first}::date) as created,
      (select coalesce(sum(views), 0)::bigint from docs_views where day >= ${first}) as views,
      (select count(*) from organizations o left join plans p on p.id = o.plan_id
        where coalesce(p.price_monthly, 0) = 0) as free`)
  const { dau = 0, mau = 0, created = 0, views = 0, free = 0 } = rows[0]!
  const { conversions, fromFree } = await countUpgrades(app, first)
  const could = fromFree + free
  return {
    active_users: { dau, mau },
    keys: { created, per_day: Math.round((created / days) * 100) / 100 },
    docs: { views },
    upgrades: { conversions, rate: toShare(fromFree, could) },
  }
}

/** Changes of plan are in the audit log, whoever made them. */
async function countUpgrades(
  app: App,
  first: string,
): Promise<{ conversions: number; fromFree: number }> {
  const { rows } = await app.db.execute<{ conversions: number; fromFree: number }>(sql`
    select count(*) filter (where now.price_monthly > coalesce(was.price_monthly, 0)) as conversions,
      count(distinct a.target_id) filter
        (where now.price_monthly > 0 and coalesce(was.price_monthly, 0) = 0) as "fromFree"
    from audit_log a
    join plans now on now.id = a.changes #>> '{plan_id,to}'
    left join plans was on was.id = a.changes #>> '{plan_id,from}'
    where a.time >= ${first}::date and a.changes ? 'plan_id' and now.currency = coalesce(was.currency, now.currency)`)
  return rows[0]!
}
