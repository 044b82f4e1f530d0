import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  STATUS_CODES,
} from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Refusal } from './authorize.ts'
import { type Call, clientLeftStatus, endCall, isOutdated, latencyOf, release } from './call.ts'
import { leave, type Target } from './exchange.ts'
import { problemBody } from './problem.ts'
import { refusalHeaders, timedOut, unreachable } from './refuse.ts'
import { kindOfHeader, passesHeader } from './response-head.ts'
import { UpstreamTimeout } from './upstream/connection.ts'
import { hostOf } from './upstream/pool.ts'

/** A connection that the client wants to upgrade: bytes both ways until one side closes. */
type Tunnel = {
  call: Call
  socket: Duplex
  target: Target
  /** Called instead of sending, when the grant changed on the way. */
  onStale: () => void
  /** The upstream may have seen the request; it has changed the protocol. */
  isSent: boolean
  isUpgraded: boolean
  isOver: boolean
  upstreamMs: number | null
  bytesIn: number
  bytesOut: number
}

/** Asks the upstream to upgrade, and passes on what it answers. `head` is what the client said already. */
export function openTunnel(
  call: Call,
  socket: Duplex,
  head: Buffer,
  target: Target,
  onStale: () => void,
): void {
  const tunnel: Tunnel = {
    ...{ call, socket, target, onStale, isSent: false, isUpgraded: false, isOver: false },
    ...{ upstreamMs: null, bytesIn: head.length, bytesOut: 0 },
  }
  if (socket.destroyed) return finish(tunnel, clientLeftStatus)
  const outgoing = requestTo(call, target)
  const ready = target.url.startsWith('https:') ? 'secureConnect' : 'connect'
  outgoing.once('socket', (connection) => connection.once(ready, () => send(tunnel, outgoing)))
  outgoing.on('upgrade', (answer, upstream, first) => join(tunnel, answer, upstream, [head, first]))
  outgoing.on('response', (answer) => passAnswer(tunnel, answer))
  outgoing.on('timeout', () => outgoing.destroy(new UpstreamTimeout('the upstream did not answer')))
  outgoing.on('error', (error) => fail(tunnel, error))
  socket.once('close', () => {
    finish(tunnel, tunnel.isUpgraded ? 101 : clientLeftStatus)
    outgoing.destroy()
  })
}

/** A request that is not sent yet, on a connection of its own. */
function requestTo(call: Call, target: Target): ClientRequest {
  const protocol = call.head.upgrade ?? 'websocket'
  const options = {
    ...{ agent: false, method: call.method, path: target.path, timeout: target.timeoutMs },
    headers: [...target.headers, 'Connection', 'Upgrade', 'Upgrade', protocol],
  }
  if (target.url === '')
    return httpRequest({ ...options, socketPath: call.plane.frontDoorSocket ?? undefined })
  const address = new URL(target.url)
  const open = address.protocol === 'https:' ? httpsRequest : httpRequest
  return open({ ...options, host: hostOf(address), port: address.port })
}

function send(tunnel: Tunnel, outgoing: ClientRequest): void {
  if (tunnel.isOver) return
  if (!isOutdated(tunnel.call)) {
    tunnel.isSent = true
    outgoing.end()
    return
  }
  tunnel.isOver = true
  leave(tunnel.target)
  release(tunnel.call, { unused: true })
  outgoing.destroy()
  tunnel.onStale()
}

function join(
  tunnel: Tunnel,
  answer: IncomingMessage,
  upstream: Socket,
  [head, first]: [Buffer, Buffer],
): void {
  const { call, socket } = tunnel
  tunnel.isUpgraded = true
  tunnel.upstreamMs = latencyOf(call)
  // Whoever talks like this may be silent for long.
  upstream.setTimeout(0)
  upstream.on('error', () => upstream.destroy())
  upstream.on('close', () => socket.destroy())
  socket.once('close', () => upstream.destroy())
  socket.write(answerHead(call, answer, true))
  if (first.length > 0) upstream.unshift(first)
  if (head.length > 0) upstream.write(head)
  socket.on('data', (chunk: Buffer) => {
    tunnel.bytesIn += chunk.length
  })
  upstream.on('data', (chunk: Buffer) => {
    tunnel.bytesOut += chunk.length
  })
  socket.pipe(upstream)
  upstream.pipe(socket)
}

/** The upstream keeps to HTTP: its answer ends the connection. */
function passAnswer(tunnel: Tunnel, answer: IncomingMessage): void {
  const { call, socket } = tunnel
  tunnel.upstreamMs = latencyOf(call)
  socket.write(answerHead(call, answer, false))
  answer.on('data', (chunk: Buffer) => {
    tunnel.bytesOut += chunk.length
  })
  answer.on('close', () => {
    finish(tunnel, answer.statusCode ?? 502, answer.complete ? null : 'upstream_aborted')
    if (!answer.complete) socket.destroy()
  })
  answer.pipe(socket)
}

function fail(tunnel: Tunnel, error: Error): void {
  if (tunnel.isOver) return
  // What breaks off in the middle of an answer, its own end tells.
  if (tunnel.upstreamMs !== null) return
  const { call, socket, target } = tunnel
  const refusal = error instanceof UpstreamTimeout ? timedOut(target.timeoutMs) : unreachable
  refuseUpgrade(call, socket, refusal)
  finish(tunnel, refusal.status, refusal.code)
}

function finish(tunnel: Tunnel, status: number, errorCode: string | null = null): void {
  if (tunnel.isOver) return
  tunnel.isOver = true
  leave(tunnel.target)
  const { record } = tunnel.call
  const { upstreamMs, bytesIn, bytesOut } = tunnel
  if (record) Object.assign(record, { upstreamMs, bytesIn, bytesOut })
  endCall(tunnel.call, status, errorCode, tunnel.isSent)
}

/** Answers a refusal on a connection that no response of node's stands for. */
export function refuseUpgrade(call: Call, socket: Duplex, refusal: Refusal): void {
  const site = { problemBase: call.plane.snapshot.problemBase, requestId: call.id, path: call.path }
  const body = problemBody(refusal, site)
  const headers = [...refusalHeaders(call, refusal, body), 'Connection', 'close']
  socket.end(Buffer.concat([Buffer.from(headText(refusal.status, headers)), body]))
}

/** Headers of the upstream's answer for the client; those of the protocol only when it has changed. */
function answerHead(call: Call, answer: IncomingMessage, isUpgraded: boolean): string {
  const headers = [...call.answerHeaders]
  const answersOrigin = call.route !== null && call.route.route.cors.length > 0
  for (let i = 0; i < answer.rawHeaders.length; i += 2) {
    const name = answer.rawHeaders[i]!
    const value = answer.rawHeaders[i + 1]!
    const isProtocol = /^(connection|upgrade)$/i.test(name)
    if (isProtocol ? isUpgraded : passes(call, name, value, answersOrigin))
      headers.push(name, value)
  }
  if (!isUpgraded) headers.push('Connection', 'close')
  return headText(answer.statusCode ?? 502, headers)
}

function passes(call: Call, name: string, value: string, answersOrigin: boolean): boolean {
  const kind = kindOfHeader(name)
  return kind !== 'drop' && (call.route === null || passesHeader(kind, value, answersOrigin))
}

function headText(status: number, headers: string[]): string {
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`
  return `${text}\r\n`
}
