import { appendFileSync } from 'node:fs'
import { open as openFile, readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { UsageRecord } from '../core/usage-record.ts'
import type { GatewayContract } from './contract.ts'
import { type OpenRequests, readLine } from './journal-lines.ts'

export type Ingest = {
  /** Before any thread writes: records all that is left of earlier runs, and ends what they left open as `interrupted`. */
  recover: () => Promise<void>
  /** Follows the journal from now on. */
  start: () => void
  /** Resolves when all that is in the files now is recorded. */
  drain: () => Promise<void>
  stop: () => Promise<void>
}

export type IngestOptions = {
  directory: string
  contract: Pick<GatewayContract, 'recordUsage' | 'findCursor'>
  log: Log
  intervalMs?: number
  batchRecords?: number
}

/** Where the reading of a segment stands. */
type Reader = {
  segment: string
  /** Up to here lines were read into `open`. */
  readTo: number
  /** Up to here the database has recorded. */
  recordedTo: number
  open: OpenRequests
}

const chunkBytes = 1024 * 1024

/**
 * Carries the journal into the database. Each batch moves its segment's cursor in the same
 * transaction, and only from where it stood: a batch counts once, however often it is sent. While
 * the database is away nothing is lost; the batch is tried again.
 */
export function createIngest(options: IngestOptions): Ingest {
  const { directory, contract, log, intervalMs = 200, batchRecords = 2000 } = options
  const readers = new Map<string, Reader>()
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  let failures = 0
  /** One pass at a time; whoever asks for a pass while one runs waits for the one after it. */
  let passing: Promise<void> | undefined
  let next: Promise<void> | undefined

  function pass(): Promise<void> {
    if (!passing) {
      passing = readAll().finally(() => {
        passing = undefined
      })
      return passing
    }
    next ??= passing
      .catch(() => {})
      .then(() => {
        next = undefined
        return pass()
      })
    return next
  }

  async function readAll(): Promise<void> {
    const segments = await listSegments(directory)
    for (const segment of segments) await readOn(await readerOf(segment))
    for (const segment of segments) {
      if (isFollowed(segment, segments)) await forgetIfDone(segment)
    }
  }

  async function readerOf(segment: string): Promise<Reader> {
    const known = readers.get(segment)
    if (known) return known
    const recordedTo = await contract.findCursor(segment)
    const reader: Reader = { segment, readTo: 0, recordedTo, open: new Map() }
    // What was recorded before is read once more, for the requests that it left open.
    if (recordedTo > 0) await readLines(reader, recordedTo, () => {})
    readers.set(segment, reader)
    return reader
  }

  async function readOn(reader: Reader): Promise<void> {
    let records: UsageRecord[] = []
    const send = async (to: number) => {
      const batch = { segment: reader.segment, from: reader.recordedTo, to, records }
      try {
        await contract.recordUsage(batch)
      } catch (error) {
        // Read again from where the database stands: it may have recorded this batch and failed to say so.
        readers.delete(reader.segment)
        throw error
      }
      reader.recordedTo = to
      records = []
    }
    await readLines(reader, Number.POSITIVE_INFINITY, async (record, to) => {
      if (record) records.push(record)
      if (records.length >= batchRecords) await send(to)
    })
    if (records.length > 0) await send(reader.readTo)
  }

  /** Reads whole lines up to `limit` bytes, in order. A line that is none of ours is set aside. */
  async function readLines(
    reader: Reader,
    limit: number,
    each: (record: UsageRecord | undefined, to: number) => Promise<void> | void,
  ): Promise<void> {
    const file = await openFile(join(directory, reader.segment), 'r')
    try {
      for (;;) {
        const wanted = Math.min(chunkBytes, limit - reader.readTo)
        const chunk = Buffer.allocUnsafe(Math.max(0, wanted))
        const { bytesRead } =
          wanted > 0 ? await file.read(chunk, 0, wanted, reader.readTo) : { bytesRead: 0 }
        const end = chunk.subarray(0, bytesRead).lastIndexOf(10) + 1
        if (end === 0) return
        let at = 0
        while (at < end) {
          const lineEnd = chunk.indexOf(10, at)
          const line = chunk.toString('utf8', at, lineEnd)
          at = lineEnd + 1
          const to = reader.readTo + at
          await each(parse(reader, line), to)
        }
        reader.readTo += end
      }
    } finally {
      await file.close()
    }
  }

  function parse(reader: Reader, line: string): UsageRecord | undefined {
    try {
      return readLine(line, reader.open)
    } catch {
      log.error(
        { segment: reader.segment },
        'a line of the usage journal is damaged; it is kept in rejected.txt',
      )
      appendFileSync(join(directory, 'rejected.txt'), `${line}\n`)
      return undefined
    }
  }

  /** A segment that its writer has left is done when all of it is recorded: what it left open stands in the next one. */
  async function forgetIfDone(segment: string): Promise<void> {
    const reader = readers.get(segment)
    if (!reader) return
    readers.delete(segment)
    await unlink(join(directory, segment))
  }

  async function recover(): Promise<void> {
    const segments = await listSegments(directory)
    for (const segment of segments) {
      const reader = await readerOf(segment)
      await readOn(reader)
      const isTold = isFollowed(segment, segments) || reader.recordedTo > reader.readTo
      const left = isTold ? [] : [...reader.open.values()]
      if (left.length > 0) {
        // One past the end: the cursor says that the open requests were told as well.
        await contract.recordUsage({
          segment,
          from: reader.recordedTo,
          to: reader.readTo + 1,
          records: left,
        })
        log.warn(
          { requests: left.length },
          'requests were under way when the process ended; they are recorded as interrupted',
        )
      }
      readers.delete(segment)
      await unlink(join(directory, segment))
    }
  }

  function schedule(): void {
    const wait = Math.min(intervalMs * 2 ** failures, 10_000)
    timer = setTimeout(async () => {
      try {
        await pass()
        failures = 0
      } catch (error) {
        failures += 1
        log.error({ err: error }, 'usage could not be recorded; trying again')
      }
      if (!isStopped) schedule()
    }, wait)
  }

  return {
    recover,
    start: schedule,
    drain: pass,
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await pass()
    },
  }
}

/** Segments in the order of their writers and of time. */
async function listSegments(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return names.filter((name) => name.endsWith('.journal')).sort()
}

/** True when the same writer has begun a later segment. */
function isFollowed(segment: string, segments: string[]): boolean {
  const writer = segment.slice(0, segment.lastIndexOf('-') + 1)
  return segments.some((other) => other.startsWith(writer) && other > segment)
}

/** The error for a batch that does not begin where the database's cursor stands. */
export function cursorMoved(segment: string): AppError {
  return new AppError(
    'conflict',
    'cursor_moved',
    `The journal segment ${segment} was recorded from elsewhere.`,
  )
}
