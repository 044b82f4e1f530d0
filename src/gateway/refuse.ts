import type { ServerResponse } from 'node:http'
import type { Refusal } from './authorize.ts'
import { type Call, latencyOf, recordOf } from './call.ts'
import { findGrant } from './decide.ts'
import { problemBody } from './problem.ts'

const discardMs = 2000

/** Nothing is forwarded that could not be counted. */
export const notRecorded: Refusal = {
  code: 'unavailable',
  status: 503,
  detail:
    'Usage cannot be recorded right now, so the request was not forwarded. Try again in a moment.',
  retryAfter: 2,
}

export const unreachable: Refusal = {
  code: 'upstream_unreachable',
  status: 502,
  detail: 'The API behind this gateway could not be reached, or broke off before it answered.',
}

export function timedOut(timeoutMs: number): Refusal {
  const seconds = Math.round(timeoutMs / 100) / 10
  const detail = `The API did not answer within ${seconds} s.`
  return { code: 'upstream_timeout', status: 504, detail }
}

/** Sends a refusal. */
export function answerRefusal(call: Call, response: ServerResponse, refusal: Refusal): void {
  if (response.headersSent || response.destroyed) return
  const body = problemBody(refusal, {
    problemBase: call.plane.snapshot.problemBase,
    requestId: call.id,
    path: call.path,
  })
  const headers = refusalHeaders(call, refusal, body)
  if (call.head.hasBody) discardBody(call)
  response.writeHead(refusal.status, headers)
  response.end(call.method === 'HEAD' ? undefined : body)
}

/**
 * Takes in the rest of an upload that nobody reads. A connection closed at once would cut the client
 * off before it has read why; one that goes on sending for long is closed after all.
 */
function discardBody({ request }: Call): void {
  request.unpipe()
  request.resume()
  const cut = setTimeout(() => {
    if (!request.complete) request.socket.destroy()
  }, discardMs)
  cut.unref()
  request.once('close', () => clearTimeout(cut))
}

export function refusalHeaders(call: Call, refusal: Refusal, body: Buffer): string[] {
  const headers = [
    ...call.answerHeaders,
    ...[
      'Content-Type',
      'application/problem+json',
      'Content-Length',
      String(body.length),
      'Cache-Control',
      'no-store',
    ],
    ...(refusal.headers ?? []),
  ]
  if (refusal.retryAfter !== undefined) headers.push('Retry-After', String(refusal.retryAfter))
  return headers
}

/**
 * Leaves the usage row of a refusal that came before the key was looked at, as of a path that leads
 * nowhere: whose key it carries finds it in the log. Nobody waits for it.
 */
export function meterUnrouted(call: Call, refusal: Refusal): void {
  if (call.route?.route.authRequired === false) return
  const meter = (unknown: Refusal | undefined) => {
    if (!unknown) meterRefusal(call, { ...refusal, decision: { rule: 'route' } })
  }
  const found = findGrant(call)
  if (found instanceof Promise) void found.then(meter)
  else meter(found)
}

/** Leaves the usage row of a refusal, when the key was recognised. */
export function meterRefusal(call: Call, refusal: Refusal): void {
  if (!call.grant) return
  const record = call.record ?? recordOf(call)
  record.outcome = 'refused'
  record.status = refusal.status
  record.errorCode = refusal.code
  record.latencyMs = latencyOf(call)
  record.decision = refusal.decision ?? null
  record.limits = call.figures
  if (call.isOpened) call.plane.journal.cancel(record)
  else call.plane.journal.refuse(record)
}
