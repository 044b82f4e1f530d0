import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { createdAt, id, moment } from '../../core/db/columns.ts'
import type { OutboundFailure } from '../../core/http/outbound.ts'
import { organizations } from '../accounts/schema.ts'
import type { NoticeType, Severity } from '../notices/notice-types.ts'

/** A type of notice, or all of them, also those that come later. */
export type Subscription = NoticeType | '*'

export type FormerSecret = { secret: string; until: string }

/** Customers' servers that are told what happens. Addresses and secrets are sealed. */
export const webhookEndpoints = pgTable(
  'webhook_endpoints',
  {
    id: id(),
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    url: text().notNull(),
    description: text().notNull().default(''),
    secret: text().notNull(),
    /** They sign too, each until its time; the latest stands first. */
    formerSecrets: jsonb('former_secrets').$type<FormerSecret[]>().notNull().default([]),
    events: jsonb().$type<Subscription[]>().notNull(),
    /** Of the alert preferences: told by severity. One an organization. */
    severities: jsonb().$type<Severity[]>(),
    isEnabled: boolean('is_enabled').notNull().default(true),
    disabledReason: text('disabled_reason').$type<'gone' | 'failing'>(),
    /** Since when nothing has arrived; null while things do. */
    failingSince: moment('failing_since'),
    createdAt: createdAt(),
  },
  (t) => [
    index('webhook_endpoints_organization').on(t.organizationId),
    uniqueIndex('webhook_endpoints_alerts')
      .on(t.organizationId)
      .where(sql`${t.severities} is not null`),
  ],
)
export type EndpointRow = typeof webhookEndpoints.$inferSelect

export type Attempt = {
  time: string
  /** What the server answered, or why there is no answer. */
  status: number | null
  failure: OutboundFailure | null
  durationMs: number
  /** The beginning of the answer. */
  response: string
}

/** What is to be told to an endpoint, with each attempt to do so. Kept for thirty days. */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    id: id(),
    endpointId: text('endpoint_id')
      .notNull()
      .references(() => webhookEndpoints.id, { onDelete: 'cascade' }),
    /** Sent as `webhook-id`, the same in each attempt. */
    eventId: text('event_id').notNull(),
    type: text().$type<NoticeType | 'webhook.test'>().notNull(),
    body: text().notNull(),
    status: text().$type<'pending' | 'delivered' | 'failed'>().notNull().default('pending'),
    attempts: jsonb().$type<Attempt[]>().notNull().default([]),
    /** How many of the delays have passed; a replay begins anew. */
    tries: integer().notNull().default(0),
    nextAttemptAt: moment('next_attempt_at'),
    createdAt: createdAt(),
  },
  (t) => [
    uniqueIndex('webhook_deliveries_event').on(t.endpointId, t.eventId),
    index('webhook_deliveries_endpoint').on(t.endpointId, t.createdAt, t.id),
    index('webhook_deliveries_due').on(t.nextAttemptAt).where(sql`${t.status} = 'pending'`),
  ],
)
export type DeliveryRow = typeof webhookDeliveries.$inferSelect
