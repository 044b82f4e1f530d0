import type { IncomingMessage } from 'node:http'
import { clientAddress } from '../core/http/client-address.ts'
import { newId } from '../core/ids.ts'
import type { UsageRecord } from '../core/usage-record.ts'
import { type Admission, addInFlight, giveBack, isStale } from './cell.ts'
import { monotonicNow } from './clock.ts'
import type { CachedGrant } from './grants.ts'
import type { LimitFigures } from './limit-headers.ts'
import { type CompiledRoute, plainPath } from './match.ts'
import type { Plane } from './plane.ts'
import { type RequestHead, readHead } from './request-head.ts'

/** One request on its way through the gateway, and what is known of it so far. */
export type Call = {
  plane: Plane
  request: IncomingMessage
  id: string
  method: string
  path: string
  /** With its question mark, or empty. */
  query: string
  head: RequestHead
  /** Arrival: monotonic and epoch milliseconds. */
  startedAt: number
  time: number
  /** The client's address, believed proxies left out. */
  ip: string
  route: CompiledRoute | null
  grant: CachedGrant | null
  /** Present while its place in the limits is taken. */
  reservedUntil: number | null
  /** The row that it will leave behind; present once the limits admitted it. */
  record: UsageRecord | null
  /** The row's opening line was given to the journal. */
  isOpened: boolean
  figures: LimitFigures | null
  /** Headers that every answer to it carries, names and values in turn. */
  answerHeaders: string[]
}

export function beginCall(plane: Plane, request: IncomingMessage): Call {
  // One time for both: a log row is found by the time in its id.
  const time = Date.now()
  const id = newId('req', time)
  const url = request.url ?? '/'
  const start = url.startsWith('/') ? 0 : Math.max(0, url.indexOf('/', url.indexOf('://') + 3))
  const mark = url.indexOf('?', start)
  const head = readHead(request)
  const peer = request.socket.remoteAddress ?? ''
  const { trustedProxies } = plane.snapshot
  const ip =
    trustedProxies.length === 0
      ? plainAddress(peer)
      : clientAddress(peer, head.forwardedFor, trustedProxies)
  // Written out, field by field: spreads would cost this path more than all its decisions.
  return {
    plane,
    request,
    id,
    method: request.method ?? 'GET',
    path: plainPath(mark === -1 ? url.slice(start) : url.slice(start, mark)),
    query: mark === -1 ? '' : url.slice(mark),
    head,
    startedAt: monotonicNow(),
    time,
    ip: ip ?? peer,
    route: null,
    grant: null,
    reservedUntil: null,
    record: null,
    isOpened: false,
    figures: null,
    answerHeaders: ['X-Request-ID', id],
  }
}

function plainAddress(peer: string): string {
  return peer.startsWith('::ffff:') ? peer.slice(7) : peer
}

/** What every answer carries whatever is decided: the request id, and leave for the page that asked. */
export function baseHeaders({ id, route, head }: Call): string[] {
  const origins = route?.route.cors ?? []
  if (head.origin === null || !(origins.includes(head.origin) || origins.includes('*')))
    return ['X-Request-ID', id]
  return [
    'X-Request-ID',
    id,
    'Access-Control-Allow-Origin',
    head.origin,
    'Vary',
    'Origin',
    'Access-Control-Expose-Headers',
    exposed,
  ]
}

/** What a page of another origin may read besides what every page may. */
const exposed = [
  ...['X-Request-ID', 'Retry-After', 'RateLimit', 'RateLimit-Policy'],
  ...['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'],
  ...['X-Quota-Limit', 'X-Quota-Used', 'X-Quota-Remaining', 'X-Quota-Reset'],
].join(', ')

export function latencyOf(call: Call): number {
  return Math.round((monotonicNow() - call.startedAt) * 1000) / 1000
}

/** The usage row of a call with a recognised key, as far as it is known. */
export function recordOf(call: Call): UsageRecord {
  const { grant } = call.grant!
  return {
    id: call.id,
    time: call.time,
    organizationId: grant.organizationId,
    userId: grant.userId,
    keyId: grant.keyId,
    keyPrefix: grant.keyPrefix,
    environment: grant.environment,
    routeId: call.route?.route.id ?? null,
    route: call.route?.route.path ?? null,
    method: call.method,
    path: call.path,
    outcome: 'forwarded',
    status: 0,
    errorCode: null,
    latencyMs: 0,
    upstreamMs: null,
    bytesIn: 0,
    bytesOut: 0,
    creditCost: call.route?.route.creditCost ?? 1,
    meters: call.route?.route.meters ?? [],
    clientIp: call.ip,
    source: 'api',
    decision: null,
    limits: call.figures,
  }
}

/** Takes the place that the limits admitted. */
export function reserve(call: Call, admission: Admission): void {
  call.reservedUntil = admission.organization.periodEnd
  addInFlight(call.grant!.organization, 1)
  addInFlight(call.grant!.key, 1)
}

/** True when what the call was admitted by has changed: it must be decided anew before it is sent. */
export function isOutdated({ grant }: Call): boolean {
  return grant !== null && (isStale(grant.organization) || isStale(grant.key))
}

/** What is recorded when nobody was there any more to get an answer; nginx's number for it. */
export const clientLeftStatus = 499

/**
 * The call is over: its places are given back and its row is written, `hasReached` when the upstream
 * may have seen it. Bytes and the upstream's time stand in the record already.
 */
export function endCall(
  call: Call,
  status: number,
  errorCode: string | null,
  hasReached: boolean,
): void {
  release(call, { unused: !hasReached })
  const { record, plane } = call
  if (!record) return
  record.status = status
  record.errorCode = errorCode
  record.latencyMs = latencyOf(call)
  record.limits = call.figures
  if (hasReached) {
    plane.journal.close(record)
    return
  }
  record.outcome = 'refused'
  record.decision = { rule: 'upstream' }
  plane.journal.cancel(record)
}

/** The call is over; with `unused`, its place in the quota can be used again. */
export function release(call: Call, { unused }: { unused: boolean }): void {
  if (call.reservedUntil === null) return
  const { organization, key } = call.grant!
  addInFlight(organization, -1)
  addInFlight(key, -1)
  if (unused) {
    giveBack(organization, call.reservedUntil)
    giveBack(key, call.reservedUntil)
  }
  call.reservedUntil = null
}
