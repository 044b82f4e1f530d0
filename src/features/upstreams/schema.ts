import { boolean, index, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { createdAt, id, moment } from '../../core/db/columns.ts'

export type UpstreamAuthType = 'none' | 'bearer' | 'header' | 'basic'

/** The operator's API servers. */
export const upstreams = pgTable('upstreams', {
  id: id(),
  name: text().notNull().unique(),
  urls: jsonb().$type<string[]>().notNull(),
  timeoutMs: integer('timeout_ms').notNull().default(30_000),
  maxConcurrency: integer('max_concurrency'),
  authType: text('auth_type').$type<UpstreamAuthType>().notNull().default('none'),
  authHeader: text('auth_header'),
  /** Sealed with the server's secret; never read back. */
  authSecret: text('auth_secret'),
  healthPath: text('health_path'),
  enabled: boolean().notNull().default(true),
  createdAt: createdAt(),
  updatedAt: moment('updated_at').notNull().defaultNow(),
})
export type UpstreamRow = typeof upstreams.$inferSelect

/** Which requests go to which upstream, and on what terms. */
export const routes = pgTable(
  'routes',
  {
    id: id(),
    name: text().notNull().unique(),
    path: text().notNull(),
    methods: jsonb().$type<string[]>().notNull().default([]),
    host: text(),
    upstreamId: text('upstream_id')
      .notNull()
      .references(() => upstreams.id, { onDelete: 'restrict' }),
    stripPrefix: boolean('strip_prefix').notNull().default(false),
    rewrite: text(),
    authRequired: boolean('auth_required').notNull().default(true),
    scopes: jsonb().$type<string[]>().notNull().default([]),
    creditCost: integer('credit_cost').notNull().default(1),
    meters: jsonb().$type<string[]>().notNull().default([]),
    timeoutMs: integer('timeout_ms'),
    maxBodyBytes: integer('max_body_bytes'),
    cors: jsonb().$type<string[]>().notNull().default([]),
    priority: integer().notNull().default(0),
    enabled: boolean().notNull().default(true),
    createdAt: createdAt(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (t) => [index('routes_upstream').on(t.upstreamId)],
)
export type RouteRow = typeof routes.$inferSelect
