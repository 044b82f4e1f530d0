/** The rule that refused, with its figures at that moment. */
export type Decision = {
  /** `plan_rate_limit`, `key_rate_limit`, `plan_quota`, `key_quota`, `scope`, `ip`, `owner`, `key`, `route`, `upstream`. */
  rule: string
  limit?: number
  used?: number
  /** Epoch milliseconds. */
  resetsAt?: number
  /** What else the explanation needs in words: the scope that was asked for, the address that called. */
  subject?: string
}

/** One request with a recognised key, as it ended. */
export type UsageRecord = {
  /** The request id (`req_…`). */
  id: string
  /** Arrival, epoch milliseconds. */
  time: number
  organizationId: string
  userId: string
  keyId: string
  keyPrefix: string
  environment: 'live' | 'test'
  routeId: string | null
  /** The route's path pattern, or null when none matched. */
  route: string | null
  method: string
  /** Path without query. */
  path: string
  /** What became of it. `interrupted`: the process died while it was at the upstream; charged to nobody. */
  outcome: 'forwarded' | 'refused' | 'interrupted'
  /** The status that the client got; 499 when the client left first, 0 when interrupted. */
  status: number
  errorCode: string | null
  latencyMs: number
  /** Until the upstream's head arrived, or null. */
  upstreamMs: number | null
  /** Body bytes from and to the client. */
  bytesIn: number
  bytesOut: number
  creditCost: number
  /** Keys of the meters that the route named when the request was made. */
  meters: readonly string[]
  clientIp: string
  source: 'api' | 'playground'
  decision: Decision | null
  /** Limits as the response headers told them, for the log's detail page. */
  limits: {
    rateLimit: number | null
    rateRemaining: number | null
    quota: number | null
    quotaUsed: number | null
  } | null
}

/** Records read from the journal between two offsets of one segment. */
export type UsageBatch = {
  segment: string
  from: number
  to: number
  records: UsageRecord[]
}
