import { z } from '@hono/zod-openapi'
import type { KeyWithUsage } from './keys.ts'

/** A key as every API shows it. The key itself is in the answer to its creation alone. */
export const KeyJson = z
  .object({
    id: z.string(),
    name: z.string(),
    prefix: z.string(),
    masked: z.string(),
    environment: z.enum(['live', 'test']),
    scopes: z.array(z.string()),
    ip_allowlist: z.array(z.string()),
    rate_limit_per_minute: z.number().nullable(),
    monthly_limit: z.number().nullable(),
    status: z.enum(['active', 'revoked', 'expired']),
    created_at: z.string(),
    created_by: z.string().nullable(),
    expires_at: z.string().nullable(),
    last_used_at: z.string().nullable(),
    revoked_at: z.string().nullable(),
    requests_this_month: z.number(),
  })
  .openapi('Key')

export type KeyJson = z.infer<typeof KeyJson>

export const IssuedKeyJson = KeyJson.extend({
  key: z.string().optional().openapi({
    description: 'The full key, in this one answer. Absent when the answer is replayed.',
  }),
}).openapi('IssuedKey')

export function toKeyJson(row: KeyWithUsage, now: Date): KeyJson {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    masked: `${row.prefix}...${row.lastFour}`,
    environment: row.environment,
    scopes: row.scopes,
    ip_allowlist: row.ipAllowlist,
    rate_limit_per_minute: row.rateLimitPerMinute,
    monthly_limit: row.monthlyLimit,
    status: statusOf(row, now),
    created_at: row.createdAt.toISOString(),
    created_by: row.createdBy,
    expires_at: row.expiresAt?.toISOString() ?? null,
    last_used_at: row.lastUsedAt?.toISOString() ?? null,
    revoked_at: row.revokedAt?.toISOString() ?? null,
    requests_this_month: row.requestsThisMonth,
  }
}

export function statusOf(
  row: Pick<KeyWithUsage, 'revokedAt' | 'expiresAt'>,
  now: Date,
): 'active' | 'revoked' | 'expired' {
  if (row.revokedAt && row.revokedAt <= now) return 'revoked'
  return row.expiresAt && row.expiresAt <= now ? 'expired' : 'active'
}
