import type { IncomingMessage, ServerResponse } from 'node:http'
import { hasValidChecksum } from '../core/key-format.ts'
import type { Refusal } from './authorize.ts'
import { baseHeaders, beginCall, type Call, clientLeftStatus, endCall, release } from './call.ts'
import { checkHost, decide, findGrant, route } from './decide.ts'
import { Exchange, type Target } from './exchange.ts'
import { matchRoute, targetPath } from './match.ts'
import { isReserved, type Plane } from './plane.ts'
import { answerRefusal, meterRefusal, meterUnrouted } from './refuse.ts'
import { foreignCookies, hostName } from './request-head.ts'

const maxUrlLength = 8192

/** One request, from its arrival to the upstream or to a refusal. */
export function handleRequest(
  plane: Plane,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const call = beginCall(plane, request)
  if (call.path.length + call.query.length > maxUrlLength) {
    const detail = `The address may have ${maxUrlLength} characters at most.`
    return answerRefusal(call, response, { code: 'uri_too_long', status: 414, detail })
  }
  const misaddressed = checkHost(call)
  if (misaddressed) return answerRefusal(call, response, misaddressed)
  if (isReserved(plane, call.path)) return toFrontDoor(call, response)
  if (answerPreflight(call, response)) return
  const refused = route(call)
  if (refused) {
    answerRefusal(call, response, refused)
    return meterUnrouted(call, refused)
  }
  call.answerHeaders = baseHeaders(call)
  if (!call.route!.route.authRequired) return forward(call, response)
  authenticate(call, response)
}

/** Nothing but `100-continue` can be expected of us; that the server sees to by itself. */
export function refuseExpectation(
  plane: Plane,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const detail = 'The header Expect may ask for 100-continue alone.'
  answerRefusal(beginCall(plane, request), response, { code: 'bad_request', status: 417, detail })
}

/** Key, limits, journal, forward. Comes again when the grant changed on the way. */
function authenticate(call: Call, response: ServerResponse): void {
  const found = findGrant(call)
  if (found instanceof Promise) {
    void found.then((refusal) => decideAndForward(call, response, refusal))
    return
  }
  decideAndForward(call, response, found)
}

function decideAndForward(
  call: Call,
  response: ServerResponse,
  notFound: Refusal | undefined,
): void {
  if (response.destroyed) {
    if (call.isOpened) endCall(call, clientLeftStatus, null, false)
    return
  }
  if (notFound) return refuse(call, response, notFound)
  const decision = decide(call)
  if (decision === 'stale') return authenticate(call, response)
  if (decision) return refuse(call, response, decision)
  forward(call, response)
}

function refuse(call: Call, response: ServerResponse, refusal: Refusal): void {
  release(call, { unused: true })
  answerRefusal(call, response, refusal)
  meterRefusal(call, refusal)
}

function forward(call: Call, response: ServerResponse): void {
  const target = targetOf(call)
  if ('code' in target) return refuse(call, response, target)
  const exchange = new Exchange(call, response, target, authenticate)
  if (call.record === null || call.isOpened) return exchange.start()
  call.isOpened = true
  call.plane.journal.open(call.record, exchange)
}

/**
 * The upstream's next address with the request as it is to be sent there, and a place among those
 * under way; or the refusal of a full one.
 */
export function targetOf(call: Call): Target | Refusal {
  const { route: matched, head, plane } = call
  const entry = plane.pools.get(matched!.upstream.id)
  if (!entry || entry.pools.length === 0) {
    return {
      code: 'upstream_unreachable',
      status: 502,
      detail: 'The API behind this route has no address.',
    }
  }
  const { maxConcurrency } = entry.upstream
  // Taken before it is known whether there is room, as others take theirs in this very moment.
  const before = Atomics.add(entry.inFlight, 0, 1)
  if (maxConcurrency !== null && before >= maxConcurrency) {
    Atomics.sub(entry.inFlight, 0, 1)
    return {
      code: 'upstream_overloaded',
      status: 503,
      detail: `The API behind this route works on ${maxConcurrency} requests already. Try again in a moment.`,
      retryAfter: 1,
      decision: { rule: 'upstream', limit: maxConcurrency },
    }
  }
  const { pool, basePath, url, host } = entry.pools[entry.next++ % entry.pools.length]!
  // A list of its own: a request whose grant changes on its way comes here twice.
  const headers = head.headers.slice()
  headers.push('Host', host)
  const cookies = head.cookie === null ? null : foreignCookies(head.cookie)
  if (cookies !== null) headers.push('Cookie', cookies)
  // Where no key is asked for, what is none of ours is between the client and the API.
  if (!matched!.route.authRequired && head.key !== null && !hasValidChecksum(head.key))
    headers.push(head.keyName, head.keyText)
  if (call.grant) for (const text of call.grant.grant.headers) headers.push(text)
  addForwarded(call, headers, call.ip)
  if (entry.upstream.authHeaders.length > 0) setCredentials(headers, entry.upstream.authHeaders)
  return {
    pool,
    url,
    path: basePath + targetPath(matched!, call.path) + call.query,
    headers,
    timeoutMs: matched!.route.timeoutMs ?? entry.upstream.timeoutMs,
    inFlight: entry.inFlight,
  }
}

function addForwarded(call: Call, headers: string[], from: string): void {
  const isTls = 'encrypted' in call.request.socket
  headers.push(
    'X-Request-ID',
    call.id,
    'X-Forwarded-For',
    from,
    'X-Forwarded-Proto',
    isTls ? 'https' : forwardedProto(call),
    'X-Forwarded-Host',
    call.head.host,
  )
}

/** What a trusted proxy in front of us said; nobody else is believed. */
function forwardedProto(call: Call): string {
  if (call.plane.snapshot.trustedProxies.length === 0) return 'http'
  const peer = call.request.socket.remoteAddress
  const isBehindProxy = peer !== undefined && call.ip !== peer.replace(/^::ffff:/, '')
  return isBehindProxy && call.request.headers['x-forwarded-proto'] === 'https' ? 'https' : 'http'
}

/** Our own credentials for the upstream replace a client's header of the same name. */
function setCredentials(headers: string[], own: string[]): void {
  for (let i = headers.length - 2; i >= 0; i -= 2) {
    const name = headers[i]!.toLowerCase()
    if (own.some((value, at) => at % 2 === 0 && value.toLowerCase() === name)) headers.splice(i, 2)
  }
  headers.push(...own)
}

function toFrontDoor(call: Call, response: ServerResponse): void {
  const target = frontDoorOf(call)
  if ('code' in target) return answerRefusal(call, response, target)
  new Exchange(call, response, target, authenticate).start()
}

/** The front door as a target, or the refusal where there is none. */
export function frontDoorOf(call: Call): Target | Refusal {
  const pool = call.plane.frontDoor
  if (!pool) return { code: 'route_not_found', status: 404, detail: 'There is no portal here.' }
  return {
    ...{ pool, url: '', path: call.path + call.query, headers: frontDoorHeaders(call) },
    ...{ timeoutMs: 0, inFlight: null },
  }
}

/** All headers of the client, credentials included: the front door is ourselves. */
function frontDoorHeaders(call: Call): string[] {
  const headers = call.head.headers
  const { authorization, host } = call.request.headers
  if (call.head.cookie !== null) headers.push('Cookie', call.head.cookie)
  if (authorization && !headers.includes(authorization))
    headers.push('Authorization', authorization)
  headers.push('Host', host ?? 'front-door')
  // Whole, with the peer at its end: the front door believes whom the settings trust, as we do.
  const peer = call.request.socket.remoteAddress ?? ''
  const { forwardedFor } = call.head
  addForwarded(call, headers, forwardedFor === null ? peer : `${forwardedFor}, ${peer}`)
  return headers
}

/** Answers a browser's question whether a page of another origin may call, for routes that have origins. */
function answerPreflight(call: Call, response: ServerResponse): boolean {
  const asked = call.request.headers['access-control-request-method']
  if (call.method !== 'OPTIONS' || call.head.origin === null || asked === undefined) return false
  const matched = matchRoute(call.plane.table, asked, call.path, hostName(call.head.host))
  if (!matched.found || matched.found.route.cors.length === 0) return false
  call.route = matched.found
  const headers = baseHeaders(call)
  const isAllowed = headers.length > 2
  if (isAllowed) {
    const wanted =
      call.request.headers['access-control-request-headers'] ??
      'X-API-Key, Authorization, Content-Type'
    headers.push(
      'Access-Control-Allow-Methods',
      asked,
      'Access-Control-Allow-Headers',
      wanted,
      'Access-Control-Max-Age',
      '600',
    )
  }
  response.writeHead(isAllowed ? 204 : 403, headers)
  response.end()
  return true
}
