import { z } from '@hono/zod-openapi'
import { PageQuery } from '../../core/http/pagination.ts'
import { noticeTypeNames } from '../notices/notice-types.ts'

const Url = z.string().trim().min(1, 'Give the address').max(2000)
const Description = z.string().trim().max(200)
const Subscriptions = z
  .array(z.enum([...noticeTypeNames, '*']))
  .min(1, 'Choose at least one event')
  .transform((given) => (given.includes('*') ? (['*'] as const).slice() : [...new Set(given)]))

export const CreateWebhook = z
  .strictObject({ url: Url, events: Subscriptions, description: Description.optional() })
  .openapi('CreateWebhook')
export type CreateWebhook = z.infer<typeof CreateWebhook>

export const UpdateWebhook = z
  .strictObject({
    url: Url.optional(),
    events: Subscriptions.optional(),
    description: Description.optional(),
    enabled: z.boolean().optional(),
  })
  .openapi('UpdateWebhook')
export type UpdateWebhook = z.infer<typeof UpdateWebhook>

export const RotateSecret = z
  .strictObject({
    overlap_hours: z.number().int().min(0).max(168).default(24).openapi({
      description: 'How long the former secret signs, too',
    }),
  })
  .openapi('RotateWebhookSecret')
export type RotateSecret = z.infer<typeof RotateSecret>

export const ListDeliveries = PageQuery.extend({
  status: z.enum(['pending', 'delivered', 'failed']).optional(),
})
export type ListDeliveries = z.infer<typeof ListDeliveries>
