import { z } from '@hono/zod-openapi'
import type { RequestLogRow } from '../usage/schema.ts'

/** A request as lists show it. */
export const LogJson = z
  .object({
    id: z.string().openapi({ description: 'The request id, as in X-Request-ID' }),
    time: z.string(),
    method: z.string(),
    path: z.string(),
    route: z.string().nullable(),
    status: z
      .number()
      .int()
      .openapi({ description: '499 when the client left first, 0 when interrupted' }),
    outcome: z.enum(['forwarded', 'refused', 'interrupted']),
    error_code: z.string().nullable(),
    latency_ms: z.number(),
    bytes_in: z.number().int(),
    bytes_out: z.number().int(),
    key_id: z.string(),
    key_prefix: z.string(),
    environment: z.enum(['live', 'test']),
    source: z.enum(['api', 'playground']),
  })
  .openapi('Log')
export type LogJson = z.infer<typeof LogJson>

export const Explanation = z
  .object({
    code: z.string().nullable(),
    rule: z.string(),
    text: z.string(),
    limit: z.number().nullable(),
    used: z.number().nullable(),
    resets_at: z.string().nullable(),
    remedies: z.array(z.string()),
  })
  .openapi('LogExplanation')
export type Explanation = z.infer<typeof Explanation>

export const LogDetailJson = LogJson.extend({
  route_id: z.string().nullable(),
  upstream_ms: z.number().nullable(),
  client_ip: z.string(),
  credit_cost: z.number().int(),
  limits: z
    .object({
      rate_limit: z.number().nullable(),
      rate_remaining: z.number().nullable(),
      quota: z.number().nullable(),
      quota_used: z.number().nullable(),
    })
    .nullable()
    .openapi({ description: 'As the answer’s headers told them' }),
  explanation: Explanation.nullable().openapi({ description: 'Null when nothing went wrong' }),
}).openapi('LogDetail')
export type LogDetailJson = z.infer<typeof LogDetailJson>

type Listed = Pick<
  RequestLogRow,
  | ('id' | 'time' | 'method' | 'path' | 'route' | 'status' | 'outcome' | 'errorCode')
  | ('latencyUs' | 'bytesIn' | 'bytesOut' | 'keyId' | 'keyPrefix' | 'environment' | 'source')
>

export function toLogJson(row: Listed): LogJson {
  return {
    id: row.id,
    time: row.time.toISOString(),
    method: row.method,
    path: row.path,
    route: row.route,
    status: row.status,
    outcome: row.outcome,
    error_code: row.errorCode,
    latency_ms: row.latencyUs / 1000,
    bytes_in: row.bytesIn,
    bytes_out: row.bytesOut,
    key_id: row.keyId,
    key_prefix: row.keyPrefix,
    environment: row.environment,
    source: row.source,
  }
}

export function toLogDetailJson(
  row: RequestLogRow,
  explanation: Explanation | null,
): LogDetailJson {
  return {
    ...toLogJson(row),
    route_id: row.routeId,
    upstream_ms: row.upstreamUs === null ? null : row.upstreamUs / 1000,
    client_ip: row.clientIp,
    credit_cost: row.creditCost,
    limits: limitsOf(row),
    explanation,
  }
}

/** Wherever limits were asked, requests of the period were counted. */
function limitsOf(row: RequestLogRow): LogDetailJson['limits'] {
  if (row.quotaUsed === null) return null
  return {
    rate_limit: row.rateLimit,
    rate_remaining: row.rateRemaining,
    quota: row.quota,
    quota_used: row.quotaUsed,
  }
}
