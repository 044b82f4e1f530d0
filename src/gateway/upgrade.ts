import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  STATUS_CODES,
} from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Duplex } from 'node:stream'
import { beginCall, type Call, latencyOf, release } from './call.ts'
import { decide, findGrant, type Refusal, route } from './decide.ts'
import { frontDoorHeaders, targetOf } from './handle.ts'
import { isReserved, type Plane } from './plane.ts'
import { problemBody } from './problem.ts'
import { meterRefusal, notRecorded, refusalHeaders } from './refuse.ts'
import { kindOfHeader, passesHeader } from './response-head.ts'

/** A WebSocket or another upgrade: the same doors, then bytes both ways until one side closes. */
export async function handleUpgrade(
  plane: Plane,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const call = beginCall(plane, request)
  socket.on('error', () => socket.destroy())
  if (isReserved(plane, call.path)) return passToFrontDoor(call, socket, head)
  const refused =
    route(call) ?? (call.route?.route.authRequired ? await admitCall(call) : undefined)
  if (refused) return refuse(call, socket, refused)
  if (!call.record) return pass(call, socket, head)
  call.isOpened = true
  plane.journal.open(call.record, {
    onWritten: () => pass(call, socket, head),
    onNotWritten: () => refuse(call, socket, notRecorded),
  })
}

async function admitCall(call: Call): Promise<Refusal | undefined> {
  for (;;) {
    const notFound = await findGrant(call)
    if (notFound) return notFound
    const decision = decide(call)
    if (decision !== 'stale') return decision
  }
}

function refuse(call: Call, socket: Duplex, refusal: Refusal): void {
  release(call, { unused: true })
  const site = { problemBase: call.plane.snapshot.problemBase, requestId: call.id, path: call.path }
  const body = problemBody(refusal, site)
  const headers = [...refusalHeaders(call, refusal, body), 'Connection', 'close']
  socket.end(Buffer.concat([Buffer.from(headText(refusal.status, headers)), body]))
  meterRefusal(call, refusal)
}

function headText(status: number, headers: string[]): string {
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`
  return `${text}\r\n`
}

function pass(call: Call, socket: Duplex, head: Buffer): void {
  const target = targetOf(call)
  if ('code' in target) return refuse(call, socket, target)
  const base = new URL(target.url)
  const open = base.protocol === 'https:' ? httpsRequest : httpRequest
  const outgoing = open({
    host: base.hostname,
    port: base.port,
    method: call.method,
    path: target.path,
    headers: [...target.headers, ...upgradeHeaders(call)],
    timeout: target.timeoutMs,
  })
  connect(call, outgoing, socket, head, target.inFlight)
}

function passToFrontDoor(call: Call, socket: Duplex, head: Buffer): void {
  const outgoing = httpRequest({
    socketPath: call.plane.frontDoorSocket ?? undefined,
    method: call.method,
    path: call.path + call.query,
    headers: [...frontDoorHeaders(call), ...upgradeHeaders(call)],
  })
  connect(call, outgoing, socket, head, null)
}

function upgradeHeaders(call: Call): string[] {
  return ['Connection', 'Upgrade', 'Upgrade', call.head.upgrade ?? 'websocket']
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

function connect(
  call: Call,
  outgoing: ClientRequest,
  socket: Duplex,
  head: Buffer,
  inFlight: Int32Array | null,
): void {
  if (inFlight) Atomics.add(inFlight, 0, 1)
  let upstreamMs: number | null = null
  let bytesIn = head.length
  let bytesOut = 0
  let isOver = false
  const finish = (status: number, errorCode: string | null, hasReached: boolean) => {
    if (isOver) return
    isOver = true
    if (inFlight) Atomics.sub(inFlight, 0, 1)
    release(call, { unused: !hasReached })
    const { record } = call
    if (!record) return
    Object.assign(record, {
      status,
      errorCode,
      latencyMs: latencyOf(call),
      upstreamMs,
      bytesIn,
      bytesOut,
      limits: call.figures,
    })
    if (hasReached) call.plane.journal.close(record)
    else
      call.plane.journal.cancel(
        Object.assign(record, { outcome: 'refused', decision: { rule: 'upstream' } }),
      )
  }
  outgoing.on('upgrade', (answer, upstream, first) => {
    upstreamMs = latencyOf(call)
    // Whoever talks like this may be silent for long.
    upstream.setTimeout(0)
    socket.write(answerHead(call, answer, true))
    if (first.length > 0) upstream.unshift(first)
    if (head.length > 0) upstream.write(head)
    socket.on('data', (chunk: Buffer) => {
      bytesIn += chunk.length
    })
    upstream.on('data', (chunk: Buffer) => {
      bytesOut += chunk.length
    })
    socket.pipe(upstream)
    upstream.pipe(socket)
    upstream.on('error', () => upstream.destroy())
    upstream.on('close', () => socket.destroy())
    socket.on('close', () => {
      upstream.destroy()
      finish(101, null, true)
    })
  })
  outgoing.on('response', (answer) => {
    upstreamMs = latencyOf(call)
    socket.write(answerHead(call, answer, false))
    answer.on('data', (chunk: Buffer) => {
      bytesOut += chunk.length
    })
    answer.pipe(socket)
    answer.on('close', () => finish(answer.statusCode ?? 502, null, true))
  })
  outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')))
  outgoing.on('error', (error) => {
    if (isOver || socket.destroyed) return finish(499, null, upstreamMs !== null)
    const isTimeout = error.message === 'timeout'
    const refusal: Refusal = isTimeout
      ? { code: 'upstream_timeout', status: 504, detail: 'The API did not answer in time.' }
      : {
          code: 'upstream_unreachable',
          status: 502,
          detail: 'The API behind this gateway could not be reached.',
        }
    const body = problemBody(refusal, {
      problemBase: call.plane.snapshot.problemBase,
      requestId: call.id,
      path: call.path,
    })
    socket.end(
      Buffer.concat([
        Buffer.from(headText(refusal.status, refusalHeaders(call, refusal, body))),
        body,
      ]),
    )
    finish(refusal.status, refusal.code, isTimeout)
  })
  socket.on('close', () => {
    if (upstreamMs === null) outgoing.destroy()
  })
  outgoing.end()
}
