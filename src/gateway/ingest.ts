import { type FileHandle, open, readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '../core/log.ts'
import type { GatewayContract } from './contract.ts'
import { createRecorder, isCursorMoved, type Recorded } from './ingest-recorder.ts'
import {
  type Entry,
  endOfGroups,
  interrupt,
  type Replay,
  replayGroups,
  startReplay,
} from './journal-reader.ts'

export type Ingest = {
  /** Follows the journal from now on. */
  start(): void
  /** Resolves when all that is in the files now is recorded. */
  drain(): Promise<void>
  /**
   * Records all that dead writers left, and what they had open as `interrupted`. Without a name
   * every writer in the directory is dead: so it is before the first one is opened. With the name
   * of a writer, that thread has died.
   */
  recover(name?: string): Promise<void>
  /** Reads once more, for `graceMs` (5 s) at most, and ends. What is not recorded stays in the files. */
  stop(graceMs?: number): Promise<void>
}

export type IngestOptions = {
  directory: string
  contract: Pick<GatewayContract, 'recordUsage' | 'findCursor'>
  log: Pick<Log, 'info' | 'warn' | 'error'>
  batchSize?: number
  intervalMs?: number
  retryMs?: number
}

type Tail = Recorded & { replay: Replay }

/**
 * Carries the journal into the database, each record once.
 *
 * `recordUsage` compares and sets: in one transaction it stores the records and moves the segment's
 * cursor from `from` to `to`, or, when the cursor (0 for an unknown segment) is not `from`, stores
 * nothing and throws `AppError('conflict', 'cursor_moved')`. A batch whose answer was lost is thus
 * refused when it is sent again; the ingest then asks `findCursor` and reads the segment again from
 * its start. Lines that end at or before the cursor only tell which requests are open; lines behind
 * it are recorded. A batch may hold no records and may leave the cursor where it is.
 *
 * Offsets from `interruptedFrom` on stand for no bytes: the n-th request that a dead writer left
 * open is the record that ends at `interruptedFrom + n`.
 */
export function createIngest(options: IngestOptions): Ingest {
  const { directory, contract, log, batchSize = 4000, intervalMs = 250, retryMs = 250 } = options
  const tails = new Map<string, Tail>()
  const stopping = new AbortController()
  const { signal } = stopping
  const record = createRecorder({ directory, contract, retryMs, log, signal })
  let passes: Promise<unknown> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  /** Reads all segments to their present ends; one pass at a time. Throws the first failure, when all others were read. */
  function pass(isDead: (name: string) => boolean, onBegin?: () => void): Promise<void> {
    const next = passes.then(async () => {
      onBegin?.()
      const failures: unknown[] = []
      for (const [name, segments] of await listSegments(directory)) {
        signal.throwIfAborted()
        await readWriter(segments, isDead(name)).catch((error) => failures.push(error))
      }
      if (failures.length > 0) throw failures[0]
    })
    passes = next.catch(() => {})
    return next
  }

  let waiting: Promise<void> | undefined

  /** Whoever asks before the next pass begins shares it: it will read what is in the files by then. */
  function drain(): Promise<void> {
    waiting ??= pass(
      () => false,
      () => {
        waiting = undefined
      },
    )
    return waiting
  }

  /** A segment that another follows is complete, and what it leaves open stands in the one that follows. */
  async function readWriter(segments: string[], isDead: boolean): Promise<void> {
    for (const [i, segment] of segments.entries()) {
      const next = segments[i + 1]
      const isDone = await aligned(segment, async (tail) => {
        await follow(tail)
        if (next) return true
        if (!isDead && !tail.replay.hasEnded) return false
        await recordInterrupted(tail)
        return true
      })
      if (!isDone) return
      if (next) await sync(join(directory, next))
      await unlink(join(directory, segment))
      tails.delete(segment)
    }
  }

  /** Runs `work` on a segment's tail, again from the segment's start whenever the cursor was elsewhere. */
  async function aligned<R>(segment: string, work: (tail: Tail) => Promise<R>): Promise<R> {
    for (;;) {
      const tail = tails.get(segment) ?? (await openTail(segment))
      try {
        return await work(tail)
      } catch (error) {
        // What was read and not recorded must be read again.
        tails.delete(segment)
        if (!isCursorMoved(error)) throw error
        log.warn({ segment, from: tail.cursor }, 'the usage cursor stands elsewhere; reading again')
        await pause(retryMs, undefined, { signal })
      }
    }
  }

  async function openTail(segment: string): Promise<Tail> {
    for (let failures = 0; ; failures++) {
      try {
        const cursor = await contract.findCursor(segment)
        const tail = { segment, cursor, replay: startReplay() }
        tails.set(segment, tail)
        return tail
      } catch (error) {
        if (failures % 20 === 0) log.warn({ err: error, segment }, 'no usage cursor; trying again')
        await pause(retryMs * 2 ** Math.min(failures, 3), undefined, { signal })
      }
    }
  }

  async function follow(tail: Tail): Promise<void> {
    await using file = await open(join(directory, tail.segment))
    const { size } = await file.stat()
    let entries: Entry[] = []
    while (tail.replay.at < size) {
      const bytes = await readGroups(file, tail.replay.at, size)
      if (bytes.length === 0) break
      const found = replayGroups(tail.replay, bytes)
      for (const { from, to, text } of found.bad) {
        if (to <= tail.cursor) continue
        const line = text.slice(0, 1000)
        log.error({ segment: tail.segment, from, to, line }, 'skipped a line of the usage journal')
      }
      for (const entry of found.entries) if (entry.to > tail.cursor) entries.push(entry)
      while (entries.length >= batchSize) {
        await record(tail, entries.slice(0, batchSize))
        entries = entries.slice(batchSize)
      }
    }
    await record(tail, entries)
  }

  async function recordInterrupted(tail: Tail): Promise<void> {
    const { cursor, replay, segment } = tail
    if (cursor > replay.at && cursor < interruptedFrom) {
      // Only a power failure does this; which requests ended in the lost lines is not known any more.
      log.warn({ segment, cursor, size: replay.at }, 'a usage journal is shorter than was recorded')
      return
    }
    const entries = [...replay.open.values()]
      .map((request, i) => ({ record: interrupt(request), to: interruptedFrom + i + 1 }))
      .filter((entry) => entry.to > cursor)
    for (let at = 0; at < entries.length; at += batchSize) {
      await record(tail, entries.slice(at, at + batchSize))
    }
    if (entries.length > 0) {
      log.warn(
        { segment, requests: entries.length },
        'requests were interrupted; nobody is charged',
      )
    }
  }

  /** One pass whose failure is only told: the next one begins where the database stands. */
  async function attempt(): Promise<void> {
    await drain().catch((error) => {
      if (!signal.aborted) log.error({ err: error }, 'the usage journal could not be read')
    })
  }

  async function schedule(): Promise<void> {
    await attempt()
    if (!isStopped) timer = setTimeout(schedule, intervalMs)
  }

  return {
    start: () => void schedule(),
    drain,
    async recover(name) {
      const isDead = (writer: string) => name === undefined || writer === name
      await removeUnborn(directory, isDead)
      await pass(isDead)
    },
    async stop(graceMs = 5000) {
      isStopped = true
      clearTimeout(timer)
      const grace = setTimeout(() => stopping.abort(), graceMs)
      if (graceMs > 0) await attempt()
      clearTimeout(grace)
      stopping.abort()
      await passes
    },
  }
}

/** No file is as long as this (a tebibyte). */
const interruptedFrom = 2 ** 40
const chunkBytes = 256 * 1024

/** Reads at least one whole group from `at`, or nothing when none ends before `size`. */
async function readGroups(file: FileHandle, at: number, size: number): Promise<Buffer> {
  for (let wanted = chunkBytes; ; wanted *= 2) {
    const length = Math.min(wanted, size - at)
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, at)
    const end = endOfGroups(buffer.subarray(0, bytesRead))
    if (end > 0 || bytesRead < wanted) return buffer.subarray(0, end)
  }
}

/** Segments by the name of their writer, each in the order of writing. */
async function listSegments(directory: string): Promise<Map<string, string[]>> {
  const writers = new Map<string, { segment: string; number: number }[]>()
  for (const segment of await listFiles(directory)) {
    const [, name, number] = segment.match(/^(.+)-(\d+)\.journal$/) ?? []
    if (!name) continue
    const segments = writers.get(name) ?? []
    segments.push({ segment, number: Number(number) })
    writers.set(name, segments)
  }
  return new Map(
    [...writers].map(([name, segments]) => [
      name,
      segments.sort((a, b) => a.number - b.number).map(({ segment }) => segment),
    ]),
  )
}

/** Removes segments that a dead writer had begun and not yet named. */
async function removeUnborn(directory: string, isDead: (name: string) => boolean): Promise<void> {
  for (const file of await listFiles(directory)) {
    const name = file.match(/^(.+)-\d+\.journal\.tmp$/)?.[1]
    if (name && isDead(name)) await unlink(join(directory, file))
  }
}

async function listFiles(directory: string): Promise<string[]> {
  return readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
}

/** Puts a segment on the disk before the one that it replaces goes. */
async function sync(path: string): Promise<void> {
  await using file = await open(path, 'r+')
  await file.datasync()
}
