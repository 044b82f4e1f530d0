import type { WebSocket } from 'ws'
import type { Actor } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { AppError, notFound } from '../../core/errors.ts'
import { type LiveKind, type NumberedEvent, readLive } from '../../core/live/live.ts'
import { refreshActor } from '../../features/sessions/live-token.ts'

/** One connection: who it is, and how far it has followed each of its streams. */
export type Visitor = {
  socket: WebSocket
  actor: Actor
  streams: Map<string, number>
  /** What it asked for and what it is sent, one after the other. */
  work: Promise<void>
  waiting: number
  enteredAt: number
  hasAnswered: boolean
}

/** What a follower is not sent faster than it reads. */
const mostBuffered = 1024 * 1024
export const pageSize = 200

export type ReadPage = (stream: string, after: number) => Promise<NumberedEvent[]>

export const pageReader =
  (app: App): ReadPage =>
  (stream, after) =>
    readLive(app, stream, after, pageSize)

export function say(visitor: Visitor, message: object): void {
  if (visitor.socket.readyState === visitor.socket.OPEN)
    visitor.socket.send(JSON.stringify(message))
}

/** Closes as a server does that will not go on with this client (RFC 6455, section 7.4.1). */
export function sendAway(visitor: Visitor, code: 1008 | 1011 | 1013, reason: string): void {
  visitor.streams.clear()
  say(visitor, { type: 'error', code: reason })
  visitor.socket.close(code, reason)
}

/**
 * True while the person may follow the stream, asked anew each time: roles change and sessions end.
 * Else the stream is taken from them, or the connection where there is no session any more.
 */
export async function mayFollow(
  app: App,
  kinds: Map<string, LiveKind>,
  visitor: Visitor,
  stream: string,
): Promise<boolean> {
  const at = stream.indexOf(':')
  const kind = kinds.get(stream.slice(0, at))
  const id = stream.slice(at + 1)
  try {
    if (at < 1 || !kind) throw notFound('stream')
    const actor = await findVisitor(app, visitor, kind.organizationOf?.(id))
    if (!actor) return false
    await kind.authorize(app, actor, id)
    return true
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    visitor.streams.delete(stream)
    say(visitor, { type: 'error', stream, code: error.code })
    return false
  }
}

/** The visitor as they are now; null, and sent away, once the session has ended. */
export async function findVisitor(
  app: App,
  visitor: Visitor,
  organizationId?: string,
): Promise<Actor | null> {
  const { actor } = visitor
  if (actor.type !== 'user') return actor
  const now = await refreshActor(app, actor, organizationId)
  if (!now) sendAway(visitor, 1008, 'session_ended')
  return now
}

/** Sends what came after the visitor's number. Where numbers are missing, it is told before what follows. */
export async function deliver(
  visitor: Visitor,
  stream: string,
  latest: number,
  read: ReadPage,
): Promise<void> {
  const { socket, streams } = visitor
  let seq = streams.get(stream)
  while (seq !== undefined && seq < latest) {
    const page = await read(stream, seq)
    for (const { seq: next, event, data } of page) {
      if (next !== seq + 1) say(visitor, { type: 'error', stream, code: 'events_missed' })
      say(visitor, { type: 'event', stream, seq: next, event, data })
      seq = next
    }
    if (page.length === 0) {
      say(visitor, { type: 'error', stream, code: 'events_missed' })
      seq = latest
    }
    if (socket.bufferedAmount > mostBuffered) return sendAway(visitor, 1013, 'too_slow')
    if (!streams.has(stream)) return
    streams.set(stream, seq)
  }
}
