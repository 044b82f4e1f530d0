import { z } from '@hono/zod-openapi'

export const intervals = ['hour', 'day', 'week', 'month'] as const
export type Interval = (typeof intervals)[number]

/** A moment (ISO 8601 with its offset) or a date, which means its first moment in the reader's time zone. */
const Moment = z.union([z.iso.datetime({ offset: true }), z.iso.date()], {
  error: 'Use a date such as 2026-11-24, or a time such as 2026-11-24T09:00:00Z',
})

/** What the database can compare: it has no zero byte. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\0]*$/, 'Leave out the zero byte')

export const from = Moment.optional().openapi({ description: 'Inclusive' })
export const to = Moment.optional().openapi({ description: 'Exclusive' })

export const UsageQuery = z.object({
  from: from.openapi({ description: 'Inclusive; by default the start of the billing period' }),
  to: to.openapi({ description: 'Exclusive; by default now' }),
  interval: z.enum(intervals).default('day'),
  key_id: text(100).optional(),
  route: text(100).optional().openapi({ description: 'Id or name of a route' }),
})
export type UsageQuery = z.infer<typeof UsageQuery>

export const ForUser = z.object({
  user_id: text(300).optional().openapi({ description: 'Id or e-mail of a user' }),
})

export const AdminUsageQuery = UsageQuery.omit({ key_id: true }).extend(ForUser.shape)
export type AdminUsageQuery = z.infer<typeof AdminUsageQuery>
