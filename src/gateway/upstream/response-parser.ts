/** What a parser tells of one response. A chunk is only lent: it is written over after the call. */
export type ResponseSink = {
  /** Names and values in turn, as they were sent; values without the space around them. */
  onHead: (status: number, headers: string[]) => void
  onData: (chunk: Buffer) => void
  onEnd: () => void
}

/** The other side does not speak HTTP/1.1, or says two things about one length. */
export class ProtocolError extends Error {}

const maxHeadLength = 64 * 1024
const maxLineLength = 4 * 1024
const maxTrailerLines = 100

/** A response head: RFC 9112, sections 4 and 5, without the line folding and the bare line ends that it warns of. */
const headGrammar =
  /^HTTP\/1\.[01] \d{3}(?: [\t\x20-\x7e\x80-\xff]*)?\r\n(?:[\w!#$%&'*+.^`|~-]+:[\t\x20-\x7e\x80-\xff]*\r\n)*\r\n$/

/** A chunk's size, and an extension that nobody reads: RFC 9112, section 7.1. */
const chunkGrammar = /^([\da-f]{1,12})[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?\r\n$/i

const carriageReturn = 13
const lineFeed = 10

type State =
  | 'idle'
  | 'head'
  /** A body of known length, and one that lasts until the connection closes. */
  | 'fixed'
  | 'open'
  | 'chunk-size'
  | 'chunk'
  | 'chunk-end'
  | 'trailers'

/**
 * Reads the responses of one HTTP/1.1 connection as their bytes arrive. Framing follows RFC 9112,
 * section 6.3; what a client and a gateway could understand differently is refused. Informational
 * responses and trailers are left out.
 */
export class ResponseParser {
  /** False when the connection cannot carry another request after this response. */
  isReusable = true
  /** Seconds that the other side keeps an idle connection, if it said so. */
  keepAliveSeconds: number | null = null
  private readonly sink: ResponseSink
  private state: State = 'idle'
  private isHead = false
  /** Text of a line or a head whose end has not arrived. */
  private partial = ''
  /** Bytes of the body or the chunk that are still to come. */
  private remaining = 0
  private trailerLines = 0

  constructor(sink: ResponseSink) {
    this.sink = sink
  }

  /** The next response answers a request of this method. */
  begin(method: string): void {
    this.state = 'head'
    this.isHead = method === 'HEAD'
  }

  /** Takes in bytes. Throws a `ProtocolError`; the connection is then of no further use. */
  push(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      switch (this.state) {
        case 'idle':
          throw new ProtocolError('a response that nobody asked for')
        case 'head':
          at = this.readHead(bytes, at)
          break
        case 'fixed':
        case 'open':
        case 'chunk':
          at = this.readBody(bytes, at)
          break
        case 'chunk-size':
          at = this.readChunkSize(bytes, at)
          break
        case 'chunk-end':
          at = this.readChunkEnd(bytes, at)
          break
        case 'trailers':
          at = this.readTrailer(bytes, at)
          break
      }
    }
  }

  /** The connection was closed in order. True when that was the end of a response. */
  close(): boolean {
    if (this.state !== 'open') return false
    this.finish(true)
    return true
  }

  private readHead(bytes: Buffer, at: number): number {
    const before = this.partial.length
    const text = this.partial + bytes.toString('latin1', at)
    const end = text.indexOf('\r\n\r\n', Math.max(0, before - 3))
    const length = end === -1 ? text.length : end + 4
    if (length > maxHeadLength) throw new ProtocolError('a head that is too large')
    if (end === -1) {
      this.partial = text
      return bytes.length
    }
    this.partial = ''
    const next = at + length - before
    this.applyHead(text.slice(0, length), next === bytes.length)
    return next
  }

  private applyHead(text: string, isAll: boolean): void {
    if (!headGrammar.test(text)) throw new ProtocolError('a malformed head')
    const status = Number(text.slice(9, 12))
    if (status === 101 || status < 100) throw new ProtocolError(`status ${status}`)
    if (status < 200) return
    let length: number | null = null
    let isChunked = false
    this.isReusable = text.charCodeAt(7) === 49
    this.keepAliveSeconds = null
    const headers: string[] = []
    for (let at = text.indexOf('\r\n') + 2; at < text.length - 2; ) {
      const colon = text.indexOf(':', at)
      const stop = text.indexOf('\r\n', colon)
      const name = text.slice(at, colon)
      const value = trimBlanks(text, colon + 1, stop)
      headers.push(name, value)
      at = stop + 2
      // Only names of these lengths say anything about the connection; the others need no second look.
      if (name.length === 14 && name.toLowerCase() === 'content-length') {
        length = sameLength(length, value)
      } else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
        if (isChunked || value.toLowerCase() !== 'chunked')
          throw new ProtocolError(`the transfer coding "${value}"`)
        isChunked = true
      } else if (name.length === 10) this.readConnection(name.toLowerCase(), value)
    }
    if (isChunked && length !== null) throw new ProtocolError('two lengths')
    this.sink.onHead(status, headers)
    const hasBody = !this.isHead && status !== 204 && status !== 304
    if (!hasBody || length === 0) return this.finish(isAll)
    if (isChunked) this.state = 'chunk-size'
    else if (length === null) {
      this.state = 'open'
      this.isReusable = false
    } else this.state = 'fixed'
    this.remaining = length ?? Number.POSITIVE_INFINITY
  }

  private readConnection(name: string, value: string): void {
    if (name === 'connection') {
      const words = value.toLowerCase()
      if (words.includes('close')) this.isReusable = false
      else if (words.includes('keep-alive')) this.isReusable = true
    } else if (name === 'keep-alive') {
      const seconds = /timeout=(\d+)/i.exec(value)
      if (seconds) this.keepAliveSeconds = Number(seconds[1])
    }
  }

  private readBody(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.remaining)
    this.remaining -= end - at
    this.sink.onData(bytes.subarray(at, end))
    if (this.remaining === 0) {
      if (this.state === 'fixed') this.finish(end === bytes.length)
      else {
        this.state = 'chunk-end'
        this.remaining = 2
      }
    }
    return end
  }

  private readChunkSize(bytes: Buffer, at: number): number {
    const stop = this.readLine(bytes, at)
    if (stop === -1) return bytes.length
    const size = chunkGrammar.exec(this.partial)?.[1]
    if (size === undefined) throw new ProtocolError('a malformed chunk')
    this.partial = ''
    this.remaining = Number.parseInt(size, 16)
    this.state = this.remaining === 0 ? 'trailers' : 'chunk'
    this.trailerLines = 0
    return stop
  }

  private readChunkEnd(bytes: Buffer, at: number): number {
    const wanted = this.remaining === 2 ? carriageReturn : lineFeed
    if (bytes[at] !== wanted) throw new ProtocolError('a chunk that is longer than it says')
    this.remaining -= 1
    if (this.remaining === 0) this.state = 'chunk-size'
    return at + 1
  }

  private readTrailer(bytes: Buffer, at: number): number {
    const stop = this.readLine(bytes, at)
    if (stop === -1) return bytes.length
    const isLast = this.partial === '\r\n'
    this.partial = ''
    this.trailerLines += 1
    if (this.trailerLines > maxTrailerLines) throw new ProtocolError('too many trailers')
    if (isLast) this.finish(stop === bytes.length)
    return stop
  }

  /** Adds to `partial` up to a line's end; -1 when that has not arrived. */
  private readLine(bytes: Buffer, at: number): number {
    const found = bytes.indexOf(lineFeed, at)
    const stop = found === -1 ? bytes.length : found + 1
    this.partial += bytes.toString('latin1', at, stop)
    if (this.partial.length > maxLineLength) throw new ProtocolError('a line that is too long')
    return found === -1 ? -1 : stop
  }

  /** Bytes behind the end belong to no request: the connection is not to be trusted with another. */
  private finish(isAll: boolean): void {
    this.state = 'idle'
    if (!isAll) this.isReusable = false
    this.sink.onEnd()
  }
}

/** Without the space and tabs around it. `trim` would take the byte 0xA0 too. */
function trimBlanks(text: string, from: number, to: number): string {
  let start = from
  let end = to
  while (start < end && isBlank(text.charCodeAt(start))) start += 1
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1
  return text.slice(start, end)
}

const isBlank = (code: number) => code === 32 || code === 9

function sameLength(before: number | null, value: string): number {
  const length = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
  if (Number.isNaN(length) || (before !== null && before !== length))
    throw new ProtocolError(`the length "${value}"`)
  return length
}
