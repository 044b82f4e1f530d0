import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { monotonicNow } from '../clock.ts'
import { ResponseParser, type ResponseSink } from './response-parser.ts'

/** A request to an upstream, and who wants the answer. After `onEnd` or `onError` nothing more is called. */
export type UpstreamRequest = {
  readonly method: string
  /** The request's head, to its empty line. Latin-1, free of line ends other than its own. */
  readonly head: string
  /** Sent as it arrives, with the framing that the head announces. */
  readonly body: IncomingMessage | null
  readonly isBodyChunked: boolean
  /** How long the head of the answer may take, milliseconds; 0 is for ever. */
  readonly timeoutMs: number
  /** Asked right before the first byte leaves. With false none does, and the request is over. */
  onSend: (link: UpstreamLink) => boolean
  onBodySent: (bytes: number) => void
  /** Names and values in turn. */
  onHead: (status: number, headers: string[]) => void
  /** The chunk is only lent: it is written over after the call. False asks for a pause. */
  onData: (chunk: Buffer) => boolean
  onEnd: () => void
  onError: (error: Error) => void
}

/** A request's hold on the connection that carries it. */
export type UpstreamLink = {
  /** Reads on after a pause. */
  resume: () => void
  /** Ends the connection; the request hears of `error`. */
  abort: (error: Error) => void
}

/** The upstream did not connect, or did not begin to answer, in its time. */
export class UpstreamTimeout extends Error {}

/** There was no connection, or it ended before the answer did. */
class ConnectionClosed extends Error {}

/** What a connection tells the pool that it belongs to. */
export type ConnectionOwner = {
  /** It can carry another request. */
  onIdle: (connection: UpstreamConnection) => void
  onClosed: (connection: UpstreamConnection) => void
  /** It was closed, having been kept open too long, before the upstream can have seen this request. */
  onUnanswered: (request: UpstreamRequest) => void
}

const readBufferBytes = 32 * 1024

/** Requests that may be sent twice: RFC 9110, section 9.2.2; none of these has a body here. */
const repeatable = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/**
 * One HTTP/1.1 connection to an upstream: one request at a time, bodies streamed both ways.
 *
 * Bytes are read into one buffer of the connection and handed on without a stream in between;
 * that, and a head sent as one string, is why this is not a general client: those spend on each
 * request several times what the gateway does.
 */
export class UpstreamConnection implements ResponseSink, UpstreamLink {
  /** Until when it may be used again, monotonic milliseconds. */
  idleUntil = 0
  private readonly owner: ConnectionOwner
  private readonly parser = new ResponseParser(this)
  private readonly socket: Socket
  private request: UpstreamRequest | null
  private isReused = false
  /** Something of the answer arrived; its head did. */
  private isHeard = false
  private isAnswering = false
  private isPaused = false
  private isBodySent = true
  private sentAt = 0
  private timer: NodeJS.Timeout | undefined
  private timerMs = 0
  private failure: Error | undefined

  /** `open` begins the connection with the given way to read; `request` is sent once it stands. */
  constructor(
    owner: ConnectionOwner,
    open: (onread: { buffer: Buffer; callback: (length: number) => boolean }) => Socket,
    readyEvent: 'connect' | 'secureConnect',
    connectMs: number,
    request: UpstreamRequest,
  ) {
    this.owner = owner
    this.request = request
    const buffer = Buffer.allocUnsafeSlow(readBufferBytes)
    const socket = open({ buffer, callback: (length) => this.read(buffer.subarray(0, length)) })
    this.socket = socket
    // Who waits less than that for an answer does not wait longer for a connection.
    const isPatient = request.timeoutMs === 0 || request.timeoutMs > connectMs
    const Late = isPatient ? ConnectionClosed : UpstreamTimeout
    const late = setTimeout(
      () => this.abort(new Late('the upstream did not connect')),
      isPatient ? connectMs : request.timeoutMs,
    )
    socket.setNoDelay(true)
    socket.once(readyEvent, () => {
      clearTimeout(late)
      if (this.request) this.send(this.request)
    })
    socket.on('drain', () => this.request?.body?.resume())
    socket.on('end', () => this.parser.close())
    socket.on('error', (error) => {
      this.failure ??= error
    })
    socket.on('close', () => {
      clearTimeout(late)
      this.closed()
    })
  }

  isUsable(now: number): boolean {
    return this.idleUntil > now && !this.socket.destroyed && this.socket.readable
  }

  /** Sends a request over the connection, which is idle. */
  reuse(request: UpstreamRequest): void {
    this.isReused = true
    this.send(request)
  }

  resume(): void {
    this.isPaused = false
    this.socket.resume()
  }

  abort(error: Error): void {
    this.failure ??= error
    this.socket.destroy()
  }

  /** Ends an idle connection at once, another after its answer. */
  retire(): void {
    if (this.request) this.parser.isReusable = false
    else this.socket.destroy()
  }

  private send(request: UpstreamRequest): void {
    if (!request.onSend(this)) {
      this.request = null
      this.release()
      return
    }
    this.request = request
    this.isHeard = false
    this.isAnswering = false
    this.parser.begin(request.method)
    this.socket.write(request.head, 'latin1')
    if (request.body) this.sendBody(request, request.body)
    this.waitForHead(request.timeoutMs)
  }

  private sendBody(request: UpstreamRequest, body: IncomingMessage): void {
    const { socket } = this
    this.isBodySent = false
    body.on('data', (chunk: Buffer) => {
      if (this.request !== request) return
      request.onBodySent(chunk.length)
      // Whoever was told may have ended the connection.
      if (socket.destroyed) return
      socket.cork()
      if (request.isBodyChunked) socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1')
      socket.write(chunk)
      if (request.isBodyChunked) socket.write('\r\n', 'latin1')
      socket.uncork()
      if (socket.writableNeedDrain) body.pause()
      if (!this.isAnswering) this.waitForHead(request.timeoutMs)
    })
    body.once('end', () => {
      if (this.request !== request) return
      this.isBodySent = true
      if (request.isBodyChunked) socket.write('0\r\n\r\n', 'latin1')
    })
  }

  /** A timer is moved on rather than made for each request; one that comes in vain does nothing. */
  private waitForHead(ms: number): void {
    if (ms === 0) return
    this.sentAt = monotonicNow()
    if (this.timer && this.timerMs === ms) {
      this.timer.refresh()
      return
    }
    clearTimeout(this.timer)
    this.timerMs = ms
    this.timer = setTimeout(() => {
      const isLate = this.request !== null && this.request.timeoutMs > 0 && !this.isAnswering
      if (isLate && monotonicNow() - this.sentAt >= ms - 1)
        this.abort(new UpstreamTimeout('the upstream did not answer'))
    }, ms)
    this.timer.unref()
  }

  private read(bytes: Buffer): boolean {
    this.isHeard = true
    try {
      this.parser.push(bytes)
    } catch (error) {
      this.abort(error as Error)
    }
    return !this.isPaused
  }

  onHead(status: number, headers: string[]): void {
    this.isAnswering = true
    this.request?.onHead(status, headers)
  }

  onData(chunk: Buffer): void {
    if (this.request && !this.request.onData(chunk)) this.isPaused = true
  }

  onEnd(): void {
    const { request } = this
    this.request = null
    if (!this.isBodySent) {
      this.parser.isReusable = false
      request?.body?.resume()
    }
    this.release()
    request?.onEnd()
  }

  private release(): void {
    if (this.parser.isReusable && !this.socket.destroyed) this.owner.onIdle(this)
    else this.socket.destroy()
  }

  private closed(): void {
    clearTimeout(this.timer)
    this.owner.onClosed(this)
    const { request } = this
    this.request = null
    if (!request) return
    const isStale = this.isReused && !this.isHeard && !(this.failure instanceof UpstreamTimeout)
    if (isStale && request.body === null && repeatable.has(request.method))
      this.owner.onUnanswered(request)
    else request.onError(this.failure ?? new ConnectionClosed('the upstream broke off'))
  }

  /** Seconds that the upstream said it keeps an idle connection, or null. */
  get keepAliveSeconds(): number | null {
    return this.parser.keepAliveSeconds
  }
}
