import { and, asc, eq, gt, inArray, lt, sql } from 'drizzle-orm'
import type { Actor } from '../actor.ts'
import type { App } from '../app.ts'
import { jobAt } from '../jobs/jobs.ts'
import { liveEvents, liveStreams } from './schema.ts'

/** A kind of stream that can be followed at `/api/portal/live`, as `<kind>:<id>`. */
export type LiveKind = {
  kind: string
  /** Passes who may follow the stream of this id, and throws an AppError for others. Asked before each delivery. */
  authorize: (app: App, actor: Actor, id: string) => Promise<void> | void
  /** The organization that a follower acts in; without it, the one that the session works in. */
  organizationOf?: (id: string) => string
  /** Its events are kept only while somebody follows: `listFollowed` tells. */
  isOnDemand?: boolean
}

/** What happened, for those who follow the stream. */
export type LiveEvent = { stream: string; event: string; data: unknown }

export type NumberedEvent = Omit<LiveEvent, 'stream'> & { seq: number }

const keptMs = 24 * 3_600_000
/** Longer than a browser takes to come back. */
const followedMs = 5 * 60_000
/** More at once than anybody reads: of the rest only the number is kept. */
const mostAtOnce = 500

/**
 * Adds events to their streams; who follows gets them after the commit. Call it once in a
 * transaction, near its end: the streams are held until it commits.
 */
export async function publishLive(tx: App, events: LiveEvent[]): Promise<void> {
  const byStream = Map.groupBy(events, ({ stream }) => stream)
  // Two writers that hold streams in one order cannot wait for each other.
  for (const stream of [...byStream.keys()].sort()) {
    const added = byStream.get(stream)!
    const [row] = await tx.db
      .insert(liveStreams)
      .values({ stream, seq: added.length })
      .onConflictDoUpdate({
        target: liveStreams.stream,
        set: { seq: sql`${liveStreams.seq} + ${added.length}` },
      })
      .returning({ seq: liveStreams.seq })
    const first = row!.seq - added.length + 1
    const rows = added.map(({ event, data }, i) => ({ stream, seq: first + i, event, data }))
    const createdAt = tx.now()
    await tx.db
      .insert(liveEvents)
      .values(rows.slice(-mostAtOnce).map((kept) => ({ ...kept, createdAt })))
  }
}

/** Those of the streams that somebody follows. */
export async function listFollowed(app: App, streams: string[]): Promise<Set<string>> {
  const rows = await app.db
    .select({ stream: liveStreams.stream })
    .from(liveStreams)
    .where(and(inArray(liveStreams.stream, streams), gt(liveStreams.followedUntil, app.now())))
  return new Set(rows.map(({ stream }) => stream))
}

/**
 * Says that these streams, kept on demand, are followed for the next minutes. Where nobody did, a
 * number is left out, so that who comes back later sees that events are missing.
 */
export async function followLive(app: App, streams: string[]): Promise<void> {
  const now = app.now()
  const followedUntil = new Date(now.getTime() + followedMs)
  const wasFollowed = sql`${liveStreams.followedUntil} > ${now}`
  for (const stream of [...streams].sort()) {
    await app.db
      .insert(liveStreams)
      .values({ stream, followedUntil })
      .onConflictDoUpdate({
        target: liveStreams.stream,
        set: {
          followedUntil,
          seq: sql`${liveStreams.seq} + case when ${wasFollowed} then 0 else 1 end`,
        },
      })
  }
}

/** The number of the stream's latest event; 0 before the first. */
export async function latestLive(app: App, stream: string): Promise<number> {
  const [row] = await app.db
    .select({ seq: liveStreams.seq })
    .from(liveStreams)
    .where(eq(liveStreams.stream, stream))
  return row?.seq ?? 0
}

/** The kept events of a stream after a number, the oldest first. */
export function readLive(
  app: App,
  stream: string,
  after: number,
  limit: number,
): Promise<NumberedEvent[]> {
  return app.db
    .select({ seq: liveEvents.seq, event: liveEvents.event, data: liveEvents.data })
    .from(liveEvents)
    .where(and(eq(liveEvents.stream, stream), gt(liveEvents.seq, after)))
    .orderBy(asc(liveEvents.seq))
    .limit(limit)
}

/** Those of the streams that have gone on since their number, with their latest. */
export async function listAdvanced(
  app: App,
  at: Map<string, number>,
): Promise<{ stream: string; seq: number }[]> {
  const rows = await app.db
    .select({ stream: liveStreams.stream, seq: liveStreams.seq })
    .from(liveStreams)
    .where(inArray(liveStreams.stream, [...at.keys()]))
  return rows.filter(({ stream, seq }) => seq > at.get(stream)!)
}

/** Forgets a stream, once what it tells of is gone. */
export async function removeLive(app: App, stream: string): Promise<void> {
  await app.db.delete(liveEvents).where(eq(liveEvents.stream, stream))
  await app.db.delete(liveStreams).where(eq(liveStreams.stream, stream))
}

/** Events are kept for a day. */
export const liveJobs = [
  jobAt('20 * * * *', 'live.prune', async (app) => {
    const before = new Date(app.now().getTime() - keptMs)
    await app.db.delete(liveEvents).where(lt(liveEvents.createdAt, before))
  }),
]
