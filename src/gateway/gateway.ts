import { createServer, type Server, STATUS_CODES } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { newId } from '../core/ids.ts'
import { handleRequest, refuseExpectation } from './handle.ts'
import { closePlane, type Plane } from './plane.ts'
import { problemBody } from './problem.ts'
import { handleUpgrade } from './upgrade.ts'

export type Gateway = {
  /** The port that it listens on. */
  port: number
  /** Takes no more requests, lets those under way end for `graceMs`, then cuts the rest. */
  close: (graceMs?: number) => Promise<void>
}

export type ListenOptions = {
  host: string
  port: number
  /** Several threads share the port. */
  isShared: boolean
}

const maxHeaderSize = 16 * 1024

/** Opens the port: API traffic through the plane, everything of ours to the front door. */
export async function listen(plane: Plane, options: ListenOptions): Promise<Gateway> {
  const server = createServer({
    maxHeaderSize,
    headersTimeout: 20_000,
    requestTimeout: 600_000,
    keepAliveTimeout: 65_000,
    connectionsCheckingInterval: 5_000,
    requireHostHeader: false,
    noDelay: true,
    optimizeEmptyRequests: true,
  })
  server.maxHeadersCount = 0
  const upgraded = new Set<Duplex>()
  server.on('request', (request, response) => handleRequest(plane, request, response))
  server.on('checkExpectation', (request, response) => refuseExpectation(plane, request, response))
  server.on('upgrade', (request, socket, head) => {
    upgraded.add(socket)
    socket.once('close', () => upgraded.delete(socket))
    void handleUpgrade(plane, request, socket, head)
  })
  server.on('clientError', (error, socket) => answerBadRequest(plane, error, socket))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: options.host, port: options.port, reusePort: options.isShared }, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: (graceMs = 10_000) => close(server, upgraded, plane, graceMs),
  }
}

async function close(
  server: Server,
  upgraded: Set<Duplex>,
  plane: Plane,
  graceMs: number,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  for (const socket of upgraded) socket.destroy()
  // A connection that is kept would stay open behind its last answer.
  const sweep = setInterval(() => server.closeIdleConnections(), 20)
  const cut = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearInterval(sweep)
  clearTimeout(cut)
  closePlane(plane)
  await plane.journal.end()
}

type ParserError = Error & { code?: string; rawPacket?: Buffer }

/** What the parser refuses is answered as a problem too, and the connection closed. */
function answerBadRequest(plane: Plane, error: ParserError, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const refusal = explain(error)
  const requestId = newId('req')
  const body = problemBody(refusal, {
    problemBase: plane.snapshot.problemBase,
    requestId,
    path: '',
  })
  const lines = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${body.length}`,
    `X-Request-ID: ${requestId}`,
    'Connection: close',
  ]
  socket.end(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]))
}

function explain({ code, rawPacket }: ParserError) {
  if (code === 'HPE_HEADER_OVERFLOW') {
    const isAddress = rawPacket !== undefined && !rawPacket.subarray(0, maxHeaderSize).includes(10)
    if (isAddress) return { code: 'uri_too_long', status: 414, detail: 'The address is too long.' }
    return {
      code: 'headers_too_large',
      status: 431,
      detail: `The headers may have ${maxHeaderSize} bytes at most.`,
    }
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return { code: 'request_timeout', status: 408, detail: 'The request did not arrive in time.' }
  }
  return { code: 'bad_request', status: 400, detail: 'This is not a request that HTTP/1.1 knows.' }
}
