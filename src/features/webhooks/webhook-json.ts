import { z } from '@hono/zod-openapi'
import type { App } from '../../core/app.ts'
import { outboundFailures } from '../../core/http/outbound.ts'
import { unseal } from '../../core/secret.ts'
import { maskAddress } from './mask-address.ts'
import type { DeliveryRow, EndpointRow } from './schema.ts'
import { validFormer } from './signature.ts'

export const EndpointJson = z
  .object({
    id: z.string(),
    url: z.string().openapi({ description: 'Masked' }),
    description: z.string(),
    events: z.array(z.string()),
    is_alerts: z.boolean().openapi({ description: 'The webhook of the alert preferences' }),
    enabled: z.boolean(),
    disabled_reason: z.enum(['gone', 'failing']).nullable(),
    failing_since: z.string().nullable(),
    former_secret_until: z
      .string()
      .nullable()
      .openapi({ description: 'Until then a former secret signs, too' }),
    created_at: z.string(),
  })
  .openapi('Webhook')
export type EndpointJson = z.infer<typeof EndpointJson>

export const NewEndpointJson = EndpointJson.extend({
  secret: z.string().optional().openapi({
    description: 'In this one answer. Absent when the answer is replayed.',
  }),
}).openapi('NewWebhook')

export function toEndpointJson(app: App, row: EndpointRow): EndpointJson {
  const ends = validFormer(row, app.now()).map(({ until }) => until)
  return {
    id: row.id,
    url: maskAddress(unseal(app.secret, row.url)),
    description: row.description,
    events: row.events,
    is_alerts: row.severities !== null,
    enabled: row.isEnabled,
    disabled_reason: row.disabledReason,
    failing_since: row.failingSince?.toISOString() ?? null,
    former_secret_until: ends.sort().at(-1) ?? null,
    created_at: row.createdAt.toISOString(),
  }
}

export const DeliveryJson = z
  .object({
    id: z.string(),
    webhook_id: z.string().openapi({ description: 'As sent in the header `webhook-id`' }),
    endpoint_id: z.string(),
    type: z.string(),
    status: z.enum(['pending', 'delivered', 'failed']),
    created_at: z.string(),
    next_attempt_at: z.string().nullable(),
    attempts: z.array(
      z.object({
        time: z.string(),
        status: z.number().int().nullable(),
        failure: z.enum(outboundFailures).nullable(),
        duration_ms: z.number().int(),
        response: z.string().openapi({ description: 'Its first kilobyte' }),
      }),
    ),
    payload: z.unknown(),
  })
  .openapi('WebhookDelivery')
export type DeliveryJson = z.infer<typeof DeliveryJson>

export function toDeliveryJson(row: DeliveryRow): DeliveryJson {
  return {
    id: row.id,
    webhook_id: row.eventId,
    endpoint_id: row.endpointId,
    type: row.type,
    status: row.status,
    created_at: row.createdAt.toISOString(),
    next_attempt_at: row.nextAttemptAt?.toISOString() ?? null,
    attempts: row.attempts.map(({ durationMs, ...attempt }) => ({
      ...attempt,
      duration_ms: durationMs,
    })),
    payload: JSON.parse(row.body),
  }
}
