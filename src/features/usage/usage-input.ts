import { z } from '@hono/zod-openapi'
import { from, text, to } from '../../core/http/query-fields.ts'

export const intervals = ['hour', 'day', 'week', 'month'] as const
export type Interval = (typeof intervals)[number]

export const UsageQuery = z.object({
  from: from.openapi({ description: 'Inclusive; by default the start of the billing period' }),
  to: to.openapi({ description: 'Exclusive; by default now' }),
  interval: z.enum(intervals).default('day'),
  key_id: text(100).optional(),
  route: text(100).optional().openapi({ description: 'Id or name of a route' }),
})
export type UsageQuery = z.infer<typeof UsageQuery>

/** Events tell of neither key nor endpoint. */
export const MeterQuery = UsageQuery.omit({ key_id: true, route: true })
export type MeterQuery = z.infer<typeof MeterQuery>

export const ForUser = z.object({
  user_id: text(300).optional().openapi({ description: 'Id or e-mail of a user' }),
})

export const AdminUsageQuery = UsageQuery.omit({ key_id: true }).extend(ForUser.shape)
export type AdminUsageQuery = z.infer<typeof AdminUsageQuery>
