import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Refusal } from './authorize.ts'
import { type Call, clientLeftStatus, endCall, isOutdated, latencyOf, release } from './call.ts'
import { bodyRefusal, maxBodyBytes } from './decide.ts'
import type { Waiter } from './journal.ts'
import { answerRefusal, meterRefusal, notRecorded, timedOut, unreachable } from './refuse.ts'
import { kindOfHeader, passesHeader } from './response-head.ts'
import { type UpstreamLink, type UpstreamRequest, UpstreamTimeout } from './upstream/connection.ts'
import type { UpstreamPool } from './upstream/pool.ts'

/** Where a call goes, decided by its route or because the path is the front door's. */
export type Target = {
  pool: UpstreamPool
  /** Address of the upstream, or empty for the front door. */
  url: string
  path: string
  /** Names and values in turn, `Host` included, without the framing of a chunked body. */
  headers: string[]
  /** Until the answer begins, milliseconds; 0 is for ever. */
  timeoutMs: number
  /** Requests under way at the upstream, in all threads; this one has its place among them until `leave`. */
  inFlight: Int32Array | null
}

/** Gives back the request's place at the upstream. */
export function leave({ inFlight }: Target): void {
  if (inFlight) Atomics.sub(inFlight, 0, 1)
}

/** A body up to this size, arrived at once, is sent together with its head. */
const maxWholeBytes = 16_384

const clientLeft = new Error('the client left')
const bodyTooLarge = new Error('the body is too large')

/**
 * One forwarded request: the upstream's connection on one side, node's response on the other.
 * Bodies pass in both directions as they come, each side slowed down by the other. A class, unlike
 * the rest, because one object with shared methods is what this path can afford for each request.
 */
export class Exchange implements UpstreamRequest, Waiter {
  readonly call: Call
  readonly response: ServerResponse
  readonly target: Target
  /** Called instead of answering, when the grant changed before anything was sent. */
  private readonly onStale: (call: Call, response: ServerResponse) => void
  /** Set when the upstream may have seen the request. */
  private link: UpstreamLink | null = null
  private upstreamMs: number | null = null
  private bytesIn = 0
  private bytesOut = 0
  /** Body bytes that the upstream announced, or -1. */
  private announced = -1
  private errorCode: string | null = null
  private isOver = false
  /** A first chunk that is the whole body: sent together with the head, in one write. */
  private whole = ''

  constructor(call: Call, response: ServerResponse, target: Target, onStale: Exchange['onStale']) {
    this.call = call
    this.response = response
    this.target = target
    this.onStale = onStale
  }

  get method(): string {
    return this.call.method
  }

  get timeoutMs(): number {
    return this.target.timeoutMs
  }

  get body(): IncomingMessage | null {
    return this.call.head.hasBody ? this.call.request : null
  }

  get isBodyChunked(): boolean {
    return this.call.head.contentLength === null
  }

  get head(): string {
    const { headers, path } = this.target
    let text = `${this.call.method} ${path} HTTP/1.1\r\n`
    for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`
    if (this.call.head.hasBody && this.isBodyChunked) text += 'Transfer-Encoding: chunked\r\n'
    return `${text}\r\n`
  }

  start(): void {
    const { target, response } = this
    response.on('close', () => this.onClientClose())
    target.pool.send(this)
  }

  /** The opening line is in the journal. */
  onWritten(): void {
    this.start()
  }

  onNotWritten(): void {
    leave(this.target)
    release(this.call, { unused: true })
    answerRefusal(this.call, this.response, notRecorded)
    this.call.isOpened = false
    meterRefusal(this.call, notRecorded)
  }

  onSend(link: UpstreamLink): boolean {
    if (this.isOver) return false
    if (this.response.destroyed) {
      this.finish(clientLeftStatus)
      return false
    }
    if (isOutdated(this.call)) {
      this.isOver = true
      leave(this.target)
      release(this.call, { unused: true })
      this.onStale(this.call, this.response)
      return false
    }
    this.link = link
    return true
  }

  onBodySent(bytes: number): void {
    this.bytesIn += bytes
    const max = maxBodyBytes(this.call)
    if (max !== null && this.bytesIn > max) this.link?.abort(bodyTooLarge)
  }

  onHead(status: number, received: string[]): void {
    this.upstreamMs = latencyOf(this.call)
    const headers = this.call.answerHeaders
    const { route } = this.call
    const answersOrigin = route !== null && route.route.cors.length > 0
    let hasDate = false
    for (let i = 0; i < received.length; i += 2) {
      const name = received[i]!
      const value = received[i + 1]!
      const kind = kindOfHeader(name)
      // The front door is ourselves, and says what it likes.
      if (kind === 'drop' || (route !== null && !passesHeader(kind, value, answersOrigin))) continue
      if (kind === 'length') this.announced = Number(value)
      else if (kind === 'date') hasDate = true
      headers.push(name, value)
    }
    if (hasDate) this.response.sendDate = false
    this.response.writeHead(status, headers)
  }

  onData(chunk: Buffer): boolean {
    this.bytesOut += chunk.length
    // Head and body as one text of single bytes are one write; a text and a buffer would be a slower one.
    if (chunk.length === this.announced && chunk.length <= maxWholeBytes) {
      this.whole = chunk.toString('latin1')
      return true
    }
    if (this.response.write(Buffer.from(chunk))) return true
    this.response.once('drain', () => this.link?.resume())
    return false
  }

  onEnd(): void {
    if (this.whole === '') this.response.end()
    else answerLater(this.response, this.whole)
    this.finish(this.response.statusCode)
  }

  onError(error: Error): void {
    if (this.isOver) return
    if (error === clientLeft) return this.finish(clientLeftStatus)
    if (this.response.headersSent) {
      this.errorCode = 'upstream_aborted'
      this.response.destroy()
      return this.finish(this.response.statusCode)
    }
    const refusal = explain(error, maxBodyBytes(this.call), this.target.timeoutMs)
    this.errorCode = refusal.code
    answerRefusal(this.call, this.response, refusal)
    this.finish(refusal.status)
  }

  private onClientClose(): void {
    if (this.isOver || this.response.writableFinished) return
    this.finish(clientLeftStatus)
    this.link?.abort(clientLeft)
  }

  private finish(status: number): void {
    if (this.isOver) return
    this.isOver = true
    leave(this.target)
    const { record, head } = this.call
    if (record) {
      record.upstreamMs = this.upstreamMs
      record.bytesIn = head.hasBody ? this.bytesIn : 0
      record.bytesOut = this.bytesOut
    }
    endCall(this.call, status, this.errorCode, this.link !== null)
  }
}

type Answer = { response: ServerResponse; body: string }
let answers: Answer[] = []

/**
 * Sends what arrived in one turn of the event loop in one go at its end: a client that is woken once
 * for many answers costs the system, and so us, less than one that sleeps between them.
 */
function answerLater(response: ServerResponse, body: string): void {
  if (answers.push({ response, body }) === 1) setImmediate(sendAnswers)
}

function sendAnswers(): void {
  const ready = answers
  answers = []
  for (const { response, body } of ready) response.end(body, 'latin1')
}

function explain(error: Error, maxBody: number | null, timeoutMs: number): Refusal {
  if (error === bodyTooLarge && maxBody !== null) return bodyRefusal(maxBody)
  return error instanceof UpstreamTimeout ? timedOut(timeoutMs) : unreachable
}
