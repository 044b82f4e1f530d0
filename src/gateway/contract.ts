/**
 * What the gateway needs from the rest of the product, and what it gives back. Every value here
 * can be cloned to another thread. `compose.ts` plugs in functions of keys, plans, upstreams, usage.
 */
import type { UsageBatch } from '../core/usage-record.ts'

/** All that decides over a request, found by the SHA-256 of its key and cached until invalidated. */
export type Grant = {
  keyId: string
  /** What may be shown of the key, such as `ak_live_4fQ2`. */
  keyPrefix: string
  environment: 'live' | 'test'
  organizationId: string
  /** The owner of the organization. */
  userId: string
  planId: string | null
  /** Epoch milliseconds, or null. */
  expiresAt: number | null
  revokedAt: number | null
  ownerStatus: 'active' | 'pending' | 'suspended'
  scopes: string[]
  /** Addresses and CIDR ranges; empty means any. */
  ipAllowlist: string[]
  /** Requests per minute for this key alone, or null. */
  keyRateLimit: number | null
  /** Requests per minute shared by all keys of the organization, or null. */
  planRateLimit: number | null
  planRateBurst: number
  /** Forwarded requests a billing period for this key alone, always hard, or null. */
  keyMonthlyLimit: number | null
  /** Forwarded requests a billing period shared by the organization, or null. */
  quota: number | null
  quotaEnforcement: 'hard' | 'soft' | 'warn'
  /** `X-User-ID` and its like for the upstream: names and values in turn, already safe to send. */
  headers: string[]
}

/** The billing period that `now` falls into, `[start, end)` in epoch milliseconds. */
export type Period = { start: number; end: number }

export type RouteMatch = {
  id: string
  name: string
  /** Exact (`/status`), prefix (`/v1/*`) or pattern (`/users/:id`). */
  path: string
  /** Upper case; empty means all. */
  methods: string[]
  /** Host name without port, or null for any. */
  host: string | null
  upstreamId: string
  stripPrefix: boolean
  /** Path template that replaces the matched one (`/v2/*`, `/people/:id`), or null. */
  rewrite: string | null
  authRequired: boolean
  /** A key needs at least one of these besides the method scope rule; empty means only that rule. */
  scopes: string[]
  creditCost: number
  /** Keys of the meters that its requests feed. */
  meters: string[]
  timeoutMs: number | null
  maxBodyBytes: number | null
  /** Origins for CORS; empty means no CORS headers of ours. */
  cors: string[]
  priority: number
}

export type UpstreamTarget = {
  id: string
  name: string
  /** Base addresses, used in turn. */
  urls: string[]
  timeoutMs: number
  maxConcurrency: number | null
  /** Headers that authenticate us to the upstream, names and values in turn. */
  authHeaders: string[]
  /** A counter (Int32) of requests under way, shared by all threads. */
  inFlight: SharedArrayBuffer
}

/** The routing table with what surrounds it. Pushed whole whenever any of it changes. */
export type Snapshot = {
  routes: RouteMatch[]
  upstreams: UpstreamTarget[]
  /** Prefix of new keys; keys of any prefix keep working. */
  keyPrefix: string
  /** True when foreign keys were imported, whose checksum cannot be known. */
  hasImportedKeys: boolean
  /** Addresses and CIDR ranges whose `X-Forwarded-For` is believed. */
  trustedProxies: string[]
  maxBodyBytes: number | null
  /** Address of the pages that explain refusals, without a trailing slash. */
  problemBase: string
  /** Paths that belong to the front door and are never routed to an upstream (`/portal`, `/admin` …). */
  reservedPrefixes: string[]
}

/** Functions that the gateway calls; each runs on the main thread. */
export type GatewayContract = {
  findGrant: (digest: string) => Promise<Grant | undefined>
  getPeriod: (organizationId: string, now: number) => Promise<Period>
  /** How many requests of the period were forwarded: with the key or, without one, of all the organization. */
  countUsed: (organizationId: string, keyId: string | null, period: Period) => Promise<number>
  loadSnapshot: () => Promise<Snapshot>
  /** Stores a batch and moves the segment's cursor in one transaction; the same batch twice counts once. */
  recordUsage: (batch: UsageBatch) => Promise<void>
  /** The offset up to which a segment was recorded; 0 for an unknown one. */
  findCursor: (segment: string) => Promise<number>
}
