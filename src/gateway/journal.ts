import { closeSync, ftruncateSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { UsageRecord } from '../core/usage-record.ts'
import { closeLine, completeLine, openLine, restateLine } from './journal-lines.ts'

/**
 * The journal of one gateway thread: what makes sure that a request that reached an upstream is
 * counted, whatever kills the process. Lines of one turn of the event loop are written together,
 * with one system call, and a request is forwarded only when its opening line is in the file: a
 * killed process takes nothing written with it. (A power failure may take the last second: the
 * operating system writes files to the disk in its own time.)
 */
export type Journal = {
  /** Queues the opening line; `written` runs once it is in the file, `failed` if it could not be written. */
  open: (record: UsageRecord, written: () => void, failed: (error: Error) => void) => void
  /** Queues how an opened request ended. */
  close: (record: UsageRecord) => void
  /** Queues a request that was never forwarded, whole. */
  refuse: (record: UsageRecord) => void
  /** Ends an opened request that never reached the upstream: it is told as it ended, and charged to nobody. */
  cancel: (record: UsageRecord) => void
  /** Writes what is queued. */
  flush: () => void
  end: () => void
}

export type JournalOptions = {
  directory: string
  /** Unique for each start of each thread. */
  name: string
  /** A new segment begins when one has grown to this size. */
  segmentBytes?: number
}

type Waiting = { record: UsageRecord; written: () => void; failed: (error: Error) => void }

export function openJournal(options: JournalOptions): Journal {
  const { directory, name, segmentBytes = 16 * 1024 * 1024 } = options
  mkdirSync(directory, { recursive: true })
  let segment = 0
  let size = 0
  let pending = ''
  let waiting: Waiting[] = []
  let isScheduled = false
  /** Requests under way, by id: a new segment begins with them, so that older ones can go. */
  const open = new Map<string, UsageRecord>()
  let file = beginSegment()

  /** A segment has its name only once it tells the requests under way: till then the one before it counts. */
  function beginSegment(): number {
    const path = join(directory, `${name}-${String(segment).padStart(6, '0')}.journal`)
    const opened = openSync(`${path}.new`, 'w', 0o600)
    const restated = Buffer.from([...open.values()].map(restateLine).join(''))
    writeAll(opened, restated)
    renameSync(`${path}.new`, path)
    size = restated.length
    return opened
  }

  function queue(line: string): void {
    pending += line
    if (isScheduled) return
    isScheduled = true
    setImmediate(flush)
  }

  function flush(): void {
    isScheduled = false
    if (pending === '') return
    const lines = Buffer.from(pending)
    const group = waiting
    try {
      writeAll(file, lines)
    } catch (error) {
      // What was written by half goes, or it would count twice when it is written again.
      ftruncateSync(file, size)
      fail(group, error as Error)
      return
    }
    pending = ''
    waiting = []
    size += lines.length
    for (const entry of group) entry.written()
    if (size >= segmentBytes) rotate()
  }

  /** Refuses what waits to be forwarded; the ends of other requests stay queued until there is room. */
  function fail(group: Waiting[], error: Error): void {
    waiting = []
    for (const { record, failed } of group) {
      pending = pending.replace(openLine(record), '')
      open.delete(record.id)
      failed(error)
    }
    if (pending !== '') setTimeout(flush, 1000).unref()
  }

  function rotate(): void {
    segment += 1
    const before = file
    file = beginSegment()
    closeSync(before)
  }

  return {
    open: (record, written, failed) => {
      open.set(record.id, record)
      waiting.push({ record, written, failed })
      queue(openLine(record))
    },
    close: (record) => {
      open.delete(record.id)
      queue(closeLine(record))
    },
    refuse: (record) => queue(completeLine(record)),
    cancel: (record) => {
      open.delete(record.id)
      queue(completeLine(record))
    },
    flush,
    end: () => {
      flush()
      closeSync(file)
    },
  }
}

function writeAll(file: number, lines: Buffer): void {
  for (let written = 0; written < lines.length; ) {
    written += writeSync(file, lines, written)
  }
}
