import { z } from '@hono/zod-openapi'
import type { Meter } from './meters.ts'
import { meterSources, type ServiceKeyRow, serviceScopes } from './schema.ts'

/** A meter as the operator's APIs show it. */
export const MeterJson = z
  .object({
    id: z.string().nullable().openapi({ description: 'Null for the built-in ones' }),
    key: z.string(),
    name: z.string(),
    kind: z.enum(['counter', 'gauge']),
    unit: z.string(),
    source: z.enum(meterSources).openapi({
      description: 'What feeds it: events, or requests, bytes or credits that the gateway counts',
    }),
    archived: z.boolean(),
    created_at: z.string().nullable(),
  })
  .openapi('Meter')
export type MeterJson = z.infer<typeof MeterJson>

export function toMeterJson(meter: Meter): MeterJson {
  const { id, key, name, kind, unit, source, archivedAt, createdAt } = meter
  return {
    ...{ id, key, name, kind, unit, source },
    archived: archivedAt !== null,
    created_at: createdAt?.toISOString() ?? null,
  }
}

export const ServiceKeyJson = z
  .object({
    id: z.string(),
    name: z.string(),
    masked: z.string(),
    scopes: z.array(z.enum(serviceScopes)),
    status: z.enum(['active', 'revoked']),
    created_at: z.string(),
    created_by: z.string().nullable(),
    last_used_at: z.string().nullable().openapi({ description: 'To the minute' }),
    revoked_at: z.string().nullable(),
  })
  .openapi('ServiceKey')
export type ServiceKeyJson = z.infer<typeof ServiceKeyJson>

export const IssuedServiceKeyJson = ServiceKeyJson.extend({
  key: z.string().optional().openapi({
    description: 'The full key, in this one answer. Absent when the answer is replayed.',
  }),
}).openapi('IssuedServiceKey')

export function toServiceKeyJson(row: ServiceKeyRow): ServiceKeyJson {
  return {
    id: row.id,
    name: row.name,
    masked: `${row.prefix}...${row.lastFour}`,
    scopes: row.scopes,
    status: row.revokedAt ? 'revoked' : 'active',
    created_at: row.createdAt.toISOString(),
    created_by: row.createdBy,
    last_used_at: row.lastUsedAt?.toISOString() ?? null,
    revoked_at: row.revokedAt?.toISOString() ?? null,
  }
}
