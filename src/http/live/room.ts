import type { WebSocket } from 'ws'
import { z } from 'zod'
import type { Actor } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { followLive, type LiveKind, latestLive, listAdvanced } from '../../core/live/live.ts'
import {
  deliver,
  findVisitor,
  mayFollow,
  pageReader,
  type ReadPage,
  say,
  sendAway,
  type Visitor,
} from './visitor.ts'

export type Room = {
  /** Takes a connection in; what it says goes to `receive`. */
  enter: (socket: WebSocket, actor: Actor) => { receive: (text: string) => void; leave: () => void }
  close: () => void
}

const lookMs = 250
const roundMs = 15_000
const longestMs = 3_600_000
const mostStreams = 20
const mostWaiting = 50
const mostConnections = 20
const mostBackfill = 1000

const stream = z.string().max(200)
const Message = z.discriminatedUnion('type', [
  z.object({ type: z.literal('subscribe'), stream, after: z.int().min(0).optional() }),
  z.object({ type: z.literal('unsubscribe'), stream }),
])
type Subscription = { stream: string; after?: number }

/**
 * Where people follow streams live. Events are read from the database, four times a second while
 * anybody follows, so that it does not matter which server they happened on, nor which one a client
 * comes back to.
 */
export function createRoom(app: App, allKinds: LiveKind[]): Room {
  const kinds = new Map(allKinds.map((kind) => [kind.kind, kind]))
  const visitors = new Set<Visitor>()
  let isClosed = false
  let look = setTimeout(lookAround, lookMs)
  const round = setInterval(goRound, roundMs)
  round.unref()
  look.unref()

  async function lookAround(): Promise<void> {
    await deliverAll().catch((error: unknown) =>
      app.log.error({ err: error }, 'live events could not be read; trying again'),
    )
    if (isClosed) return
    look = setTimeout(lookAround, lookMs)
    look.unref()
  }

  async function deliverAll(): Promise<void> {
    const at = new Map<string, number>()
    for (const { streams } of visitors)
      for (const [stream, seq] of streams) at.set(stream, Math.min(seq, at.get(stream) ?? seq))
    if (at.size === 0) return
    const advanced = await listAdvanced(app, at)
    const read = shared(pageReader(app))
    const works = [...visitors].flatMap((visitor) =>
      advanced
        .filter(({ stream, seq }) => (visitor.streams.get(stream) ?? seq) < seq)
        .map(({ stream, seq }) =>
          queue(visitor, async () => {
            if (await mayFollow(app, kinds, visitor, stream))
              await deliver(visitor, stream, seq, read)
          }),
        ),
    )
    await Promise.all(works)
  }

  /** Looks after connections: whether they answer, whether their session lasts, what is kept for them. */
  function goRound(): void {
    const kept = new Set<string>()
    for (const visitor of visitors) {
      const { socket, streams, enteredAt, hasAnswered } = visitor
      if (!hasAnswered) socket.terminate()
      // The client comes back with its numbers, and proves anew who it is.
      else if (performance.now() - enteredAt > longestMs) socket.close(1001, 'reconnect')
      else {
        visitor.hasAnswered = false
        socket.ping()
        void queue(visitor, async () => void (await findVisitor(app, visitor)))
        for (const stream of streams.keys()) if (isOnDemand(stream)) kept.add(stream)
      }
    }
    followLive(app, [...kept]).catch((error: unknown) => app.log.error({ err: error }, 'live'))
  }

  const isOnDemand = (stream: string) => kinds.get(stream.split(':')[0]!)?.isOnDemand === true

  /** Does one thing after the other for a visitor; a failure is ours, and ends the connection. */
  function queue(visitor: Visitor, work: () => Promise<void>): Promise<void> {
    visitor.waiting += 1
    visitor.work = visitor.work
      .then(() => (visitors.has(visitor) ? work() : undefined))
      .catch((error: unknown) => {
        app.log.error({ err: error }, 'a live connection failed')
        sendAway(visitor, 1011, 'internal_error')
      })
      .finally(() => {
        visitor.waiting -= 1
      })
    return visitor.work
  }

  async function subscribe(visitor: Visitor, { stream, after }: Subscription): Promise<void> {
    if (!visitor.streams.has(stream) && visitor.streams.size >= mostStreams)
      return say(visitor, { type: 'error', stream, code: 'too_many_streams' })
    if (!(await mayFollow(app, kinds, visitor, stream))) return
    if (isOnDemand(stream)) await followLive(app, [stream])
    const latest = await latestLive(app, stream)
    const from = Math.min(Math.max(after ?? latest, latest - mostBackfill), latest)
    if (after !== undefined && from !== after)
      say(visitor, { type: 'error', stream, code: 'events_missed' })
    say(visitor, { type: 'subscribed', stream, seq: from })
    visitor.streams.set(stream, from)
    await deliver(visitor, stream, latest, pageReader(app))
  }

  async function receive(visitor: Visitor, text: string): Promise<void> {
    const message = Message.safeParse(parse(text))
    if (!message.success) return say(visitor, { type: 'error', code: 'bad_message' })
    if (message.data.type === 'subscribe') return subscribe(visitor, message.data)
    visitor.streams.delete(message.data.stream)
  }

  return {
    enter: (socket, actor) => {
      const visitor: Visitor = {
        ...{ socket, actor, streams: new Map(), work: Promise.resolve(), waiting: 0 },
        ...{ enteredAt: performance.now(), hasAnswered: true },
      }
      visitors.add(visitor)
      socket.on('pong', () => {
        visitor.hasAnswered = true
      })
      const isSame = (other: Visitor) =>
        'userId' in other.actor && 'userId' in actor && other.actor.userId === actor.userId
      if ([...visitors].filter(isSame).length > mostConnections)
        sendAway(visitor, 1013, 'too_many_connections')
      return {
        receive: (text) => {
          if (visitor.waiting > mostWaiting) return sendAway(visitor, 1008, 'too_many_messages')
          void queue(visitor, () => receive(visitor, text))
        },
        leave: () => void visitors.delete(visitor),
      }
    },
    close: () => {
      isClosed = true
      clearTimeout(look)
      clearInterval(round)
      for (const { socket } of visitors) socket.close(1001, 'reconnect')
    },
  }
}

/** Pages that several want are read once. */
function shared(read: ReadPage): ReadPage {
  const pages = new Map<string, ReturnType<ReadPage>>()
  return (stream, after) => {
    const key = `${after} ${stream}`
    const page = pages.get(key) ?? read(stream, after)
    pages.set(key, page)
    return page
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
