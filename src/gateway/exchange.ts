import type { ServerResponse } from 'node:http'
import { PassThrough } from 'node:stream'
import type { Dispatcher, Pool } from 'undici'
import { type Call, latencyOf, release } from './call.ts'
import { isStale } from './cell.ts'
import { bodyRefusal, maxBodyBytes, type Refusal } from './decide.ts'
import { answerRefusal } from './refuse.ts'
import { kindOfHeader } from './response-head.ts'

/** Where a call goes, decided by its route or because the path is the front door's. */
export type Target = {
  pool: Pool
  /** Address of the upstream, or empty for the front door. */
  url: string
  path: string
  headers: string[]
  timeoutMs: number
  /** Requests under way at the upstream, in all threads. */
  inFlight: Int32Array | null
}

/** A body up to this size, arrived at once, is sent together with its head. */
const maxWholeBytes = 16_384

/** What is recorded when nobody was there any more to get an answer; nginx's number for it. */
const clientLeftStatus = 499

const clientLeft = new Error('the client left')
const grantChanged = new Error('the grant changed')
const bodyTooLarge = new Error('the body is too large')

/**
 * One forwarded request: undici's handler on one side, node's response on the other. Bodies pass
 * in both directions as they come, each side slowed down by the other. A class, unlike the rest,
 * because one object with shared methods is what this path can afford for each request.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly call: Call
  readonly response: ServerResponse
  readonly target: Target
  /** Called instead of answering, when the grant changed before anything was sent. */
  readonly onStale: (call: Call, response: ServerResponse) => void
  private controller: Dispatcher.DispatchController | null = null
  /** From here on the upstream may have seen the request. */
  private hasReached = false
  private upstreamMs: number | null = null
  private bytesIn = 0
  private bytesOut = 0
  /** Body bytes that the upstream announced, or -1. */
  private announced = -1
  private errorCode: string | null = null
  private isOver = false
  /** A first chunk that is the whole body: sent together with the head, in one write. */
  private whole: Buffer | null = null

  constructor(call: Call, response: ServerResponse, target: Target, onStale: Exchange['onStale']) {
    this.call = call
    this.response = response
    this.target = target
    this.onStale = onStale
  }

  start(): void {
    const { call, target, response } = this
    if (target.inFlight) Atomics.add(target.inFlight, 0, 1)
    response.on('close', () => this.onClientClose())
    const options: Dispatcher.DispatchOptions = {
      path: target.path,
      method: call.method,
      headers: target.headers,
      headersTimeout: target.timeoutMs,
      body: call.head.hasBody ? this.openBody() : null,
    }
    try {
      target.pool.dispatch(options, this)
    } catch (error) {
      this.fail(error as Error)
    }
  }

  /** The client's body behind a stream of our own: when undici ends that, the client can still be answered. */
  private openBody(): PassThrough {
    const body = new PassThrough()
    const { request } = this.call
    request.pipe(body)
    request.once('aborted', () => body.destroy(clientLeft))
    return body
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller
    if (this.response.destroyed) {
      controller.abort(clientLeft)
      return
    }
    const { grant } = this.call
    if (grant && (isStale(grant.organization) || isStale(grant.key))) {
      controller.abort(grantChanged)
      return
    }
    this.hasReached = true
  }

  onBodySent(chunk: Buffer): void {
    this.bytesIn += chunk.length
    const max = maxBodyBytes(this.call)
    if (max !== null && this.bytesIn > max) this.controller?.abort(bodyTooLarge)
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) return
    this.upstreamMs = latencyOf(this.call)
    const raw = controller.rawHeaders as Buffer[]
    const headers = this.call.answerHeaders
    const answersOrigin = (this.call.route?.route.cors.length ?? 0) > 0
    let hasDate = false
    for (let i = 0; i < raw.length; i += 2) {
      const name = raw[i]!.toString('latin1')
      const kind = kindOfHeader(name)
      if (kind === 'drop' || (answersOrigin && kind === 'cors')) continue
      const value = raw[i + 1]!.toString('latin1')
      if (kind === 'length') this.announced = Number(value)
      else if (kind === 'date') hasDate = true
      headers.push(name, value)
    }
    if (hasDate) this.response.sendDate = false
    this.response.writeHead(status, headers)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.bytesOut += chunk.length
    if (chunk.length === this.announced && chunk.length <= maxWholeBytes) {
      this.whole = chunk
      return
    }
    if (!this.response.write(chunk)) {
      controller.pause()
      this.response.once('drain', () => controller.resume())
    }
  }

  onResponseEnd(): void {
    // Head and body as one string of bytes are one write; a string and a buffer would be a slower writev.
    if (this.whole) this.response.end(this.whole.toString('latin1'), 'latin1')
    else this.response.end()
    this.finish(this.response.statusCode)
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error)
  }

  private onClientClose(): void {
    if (this.isOver || this.response.writableFinished) return
    this.finish(clientLeftStatus)
    if (this.controller && !this.controller.aborted) this.controller.abort(clientLeft)
  }

  private fail(error: Error): void {
    if (this.isOver) return
    if (error === clientLeft) return this.finish(clientLeftStatus)
    if (error === grantChanged && !this.call.head.hasBody) {
      this.isOver = true
      this.leaveTarget()
      release(this.call, { unused: true })
      this.onStale(this.call, this.response)
      return
    }
    if (this.response.headersSent) {
      this.errorCode = 'upstream_aborted'
      this.response.destroy()
      this.finish(this.response.statusCode)
      return
    }
    const refusal = explain(error, maxBodyBytes(this.call), this.target.timeoutMs)
    this.errorCode = refusal.code
    answerRefusal(this.call, this.response, refusal)
    this.finish(refusal.status)
  }

  private leaveTarget(): void {
    if (this.target.inFlight) Atomics.sub(this.target.inFlight, 0, 1)
  }

  private finish(status: number): void {
    if (this.isOver) return
    this.isOver = true
    this.leaveTarget()
    const { record, plane, head } = this.call
    release(this.call, { unused: !this.hasReached })
    if (!record) return
    record.status = status
    record.errorCode = this.errorCode
    record.latencyMs = latencyOf(this.call)
    record.upstreamMs = this.upstreamMs
    record.bytesIn = head.hasBody ? this.bytesIn : 0
    record.bytesOut = this.bytesOut
    record.limits = this.call.figures
    if (this.hasReached) {
      plane.journal.close(record)
    } else {
      record.outcome = 'refused'
      record.decision = { rule: 'upstream' }
      plane.journal.cancel(record)
    }
  }
}

function explain(error: Error, maxBody: number | null, timeoutMs: number): Refusal {
  const code = (error as { code?: string }).code
  if (error === bodyTooLarge && maxBody !== null) return bodyRefusal(maxBody)
  if (error === grantChanged) {
    return {
      code: 'upstream_overloaded',
      status: 503,
      detail: 'Your limits were changed just now. Send the request again.',
      retryAfter: 1,
    }
  }
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_CONNECT_TIMEOUT') {
    const seconds = Math.round(timeoutMs / 100) / 10
    return {
      code: 'upstream_timeout',
      status: 504,
      detail: `The API did not answer within ${seconds} s.`,
    }
  }
  return {
    code: 'upstream_unreachable',
    status: 502,
    detail: 'The API behind this gateway could not be reached, or broke off before it answered.',
  }
}
