import { z } from '@hono/zod-openapi'
import { type SQL, sql } from 'drizzle-orm'
import { type Actor, requireAdmin } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import {
  decodeCursor,
  encodeCursor,
  foreignCursor,
  type Page,
  PageQuery,
} from '../../core/http/pagination.ts'
import { text } from '../../core/http/query-fields.ts'
import { isLive } from '../keys/key-limit.ts'
import { apiKeys } from '../keys/schema.ts'
import { getPeriod } from '../plans/plans.ts'
import { coverPeriod } from '../usage/ranges.ts'
import { rollupsOf } from '../usage/rollups-of.ts'
import { toShare } from '../usage/usage-json.ts'
import { parseFilter } from './filter.ts'
import { toCondition } from './filter-sql.ts'
import { type UserField, userFieldNames, userFields } from './user-fields.ts'

export const AnalyticsQuery = PageQuery.extend({
  sort: z.enum(userFieldNames).default('requests').openapi({
    description: 'Figures and times begin with the highest, texts with the first in the alphabet',
  }),
  order: z.enum(['asc', 'desc']).optional(),
  filter: text(1000)
    .optional()
    .openapi({
      description: `Comparisons (== != < <= > >=) of fields with values, joined by and, or, not and parentheses, such as quota_percent > 80 and plan == "free". Fields: ${userFieldNames.join(', ')}.`,
    }),
})
export type AnalyticsQuery = z.infer<typeof AnalyticsQuery>

export const CustomerFigures = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    status: z.enum(['active', 'pending', 'suspended']),
    plan: z.string().nullable().openapi({ description: 'The plan’s slug' }),
    requests: z.number().int().openapi({ description: 'In this billing period, refused ones too' }),
    errors: z.number().int(),
    error_rate: z.number().nullable().openapi({ description: 'Share of the requests, 0 to 1' }),
    quota_used: z.number().int().openapi({ description: 'Forwarded requests, as quotas count' }),
    quota_percent: z.number().nullable().openapi({ description: 'Null without a quota' }),
    keys: z.number().int().openapi({ description: 'That can be used' }),
    inactive_days: z
      .number()
      .int()
      .openapi({ description: 'Since the last sign-in or, without one, since creation' }),
    created_at: z.string(),
  })
  .openapi('CustomerFigures')
export type CustomerFigures = z.infer<typeof CustomerFigures>

/** Customers by what they did in this billing period, those that the filter names. */
export async function listCustomerFigures(
  app: App,
  actor: Actor,
  { sort, order, filter, limit, cursor }: AnalyticsQuery,
): Promise<Page<CustomerFigures>> {
  requireAdmin(actor)
  const tree = filter?.trim() ? parseFilter(filter, userFields) : undefined
  const where = tree ? toCondition(normal(tree), columns) : sql`true`
  const isFalling = (order ?? (userFields[sort] === 'text' ? 'asc' : 'desc')) === 'desc'
  const direction = isFalling ? sql`desc nulls last` : sql`asc nulls last`
  const [offset = '0'] = decodeCursor(cursor, 1) ?? []
  if (!/^\d{1,9}$/.test(offset)) throw foreignCursor()
  const start = Number(offset)
  const { rows } = await app.db.execute<CustomerFigures>(sql`
    select * from (${figures(app)}) as f where ${where}
    order by ${columns[sort]} ${direction}, id limit ${limit + 1} offset ${start}`)
  return {
    data: rows.slice(0, limit).map((row) => ({
      ...row,
      error_rate: toShare(row.errors, row.requests),
      created_at: new Date(row.created_at).toISOString(),
    })),
    next_cursor: rows.length > limit ? encodeCursor([start + limit]) : null,
  }
}

const columns = Object.fromEntries(
  userFieldNames.map((name) => {
    const column = sql`f.${sql.identifier(name)}`
    // A filter may say 80.5 of a whole number.
    return [name, userFields[name] === 'number' ? sql`${column}::float8` : column]
  }),
) as Record<UserField, SQL>

/** Addresses, plans and states are written small. */
function normal(tree: ReturnType<typeof parseFilter<UserField>>): typeof tree {
  if (tree.is === 'not') return { ...tree, inner: normal(tree.inner) }
  if ('left' in tree) return { ...tree, left: normal(tree.left), right: normal(tree.right) }
  return typeof tree.value === 'string' ? { ...tree, value: tree.value.toLowerCase() } : tree
}

function figures(app: App): SQL {
  const now = app.now()
  const period = getPeriod(now)
  const pieces = coverPeriod(period, now)
  return sql`
    select u.id, u.email, u.name, u.status, p.slug as plan,
      coalesce(r.requests, 0) as requests, coalesce(r.errors, 0) as errors,
      r.errors::float8 / nullif(r.requests, 0) as error_rate,
      coalesce(q.used, 0) as quota_used,
      case when p.requests_per_month = 0 then 100
        else round(coalesce(q.used, 0) * 1000.0 / p.requests_per_month)::float8 / 10 end as quota_percent,
      coalesce(k.keys, 0) as keys,
      floor(extract(epoch from ${now}::timestamptz - coalesce(u.last_login_at, u.created_at)) / 86400)::int as inactive_days,
      u.created_at
    from users u
    left join organizations o on o.owner_id = u.id
    left join plans p on p.id = o.plan_id
    left join (
      select organization_id, sum(requests)::bigint as requests,
        sum(errors_4xx + errors_5xx)::bigint as errors
      from ${rollupsOf({}, pieces, 'organizations')} group by 1) r on r.organization_id = o.id
    left join (
      select organization_id, sum(forwarded)::bigint as used from usage_periods
      where period_start = ${period.start} group by 1) q on q.organization_id = o.id
    left join (
      select organization_id, count(*) as keys from ${apiKeys} where ${isLive(now)} group by 1
    ) k on k.organization_id = o.id
    where u.role = 'customer'`
}
