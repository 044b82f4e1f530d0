import fs from 'node:fs'
import { join } from 'node:path'
import type { Log } from '../core/log.ts'
import type { UsageRecord } from '../core/usage-record.ts'
import { closeLine, doneLine, endLine, type OpenRecord, openLine } from './journal-format.ts'

/**
 * The usage journal of one thread. A request is forwarded only when its opening line is in the
 * file, so that a kill -9 loses none that reached an upstream.
 */
export type Journal = {
  /**
   * Queues the opening record of a request that is about to be forwarded. Its waiter hears either
   * that the group was written or that it failed; once, in order, never synchronously. After a
   * failure the request is not open: what became of it is told with `refuse`.
   */
  open(record: OpenRecord, waiter: Waiter): void
  /** Tells how a request ended, with the record that opened it. One that is not open (any more) is left as it is. */
  close(record: UsageRecord): void
  /** Tells of a request that was never opened. */
  refuse(record: UsageRecord): void
  /** Tells, as given, of an opened request that never reached the upstream. */
  cancel(record: UsageRecord): void
  /** Resolves when all that was queued is in the file; rejects when it could not be written. */
  flush(): Promise<void>
  /** Writes what is queued, at once, and closes the file; what is open then counts as interrupted. */
  end(): Promise<void>
}

export type JournalOptions = {
  directory: string
  /** Never used before in this directory: each start of each thread has its own. */
  name: string
  /** A new segment begins when one has grown to this size. */
  segmentBytes?: number
  /** Asks the disk itself to keep what was written, this often; without it, only a power failure can lose lines. */
  fsyncMs?: number
  /** How soon to try again when the disk is full. */
  retryMs?: number
  log?: Pick<Log, 'info' | 'error'>
}

/** Who waits for an opening record to be in the file. */
export type Waiter = {
  onWritten: () => void
  onNotWritten: (error: Error) => void
}

type Opened = { record: OpenRecord; waiter: Waiter }
type Flush = { resolve: () => void; reject: (error: Error) => void }

/** Opens a journal. Throws when its directory cannot be written. */
export function openJournal(options: JournalOptions): Journal {
  const { directory, name, segmentBytes = 16 * 1024 * 1024, fsyncMs, retryMs = 250, log } = options
  const inFlight = new Set<OpenRecord>()
  let segment = 0
  let file = -1
  let size = 0
  let rotateAt = segmentBytes
  // The group of this turn: what is in it is in the file after the next write, or none of it is.
  let opened: Opened[] = []
  let openLines = ''
  let endLines = ''
  let ended: OpenRecord[] = []
  let flushes: Flush[] = []
  let isScheduled = false
  let isOver = false
  // Set while the disk refuses; the segment at hand is then given up, for its last group may be torn.
  let failure: Error | undefined
  let isRetryDue = false
  let retryTimer: NodeJS.Timeout | undefined
  let dropped = 0
  let syncing: Promise<void> | undefined

  fs.mkdirSync(directory, { recursive: true })
  startSegment('')
  const syncTimer = fsyncMs ? setInterval(sync, fsyncMs).unref() : undefined

  /**
   * Begins a segment with the requests that are under way, so that the one before can go once it
   * is recorded. It gets its name when that is written: a named segment is a whole one, and the
   * one before is never written again.
   */
  function startSegment(lines: string): void {
    const path = join(directory, `${name}-${segment + 1}.journal`)
    const carried = [...ended, ...inFlight].map(openLine).join('')
    const bytes = Buffer.from(`${carried}${lines}\n`)
    const next = fs.openSync(`${path}.tmp`, 'w', 0o600)
    try {
      writeWhole(next, bytes)
      fs.renameSync(`${path}.tmp`, path)
    } catch (error) {
      fs.closeSync(next)
      fs.rmSync(`${path}.tmp`, { force: true })
      throw error
    }
    const before = file
    if (before >= 0) void sync().then(() => fs.close(before, () => {}))
    segment += 1
    file = next
    size = bytes.length
    rotateAt = size + segmentBytes
  }

  function schedule(): void {
    if (isScheduled) return
    isScheduled = true
    setImmediate(writeGroup)
  }

  function writeGroup(): void {
    isScheduled = false
    if (file < 0) return
    const group = opened
    const lines = openLines + endLines
    const waiting = flushes
    opened = []
    openLines = ''
    flushes = []
    try {
      if (!failure) append(lines)
      else if (isRetryDue) restart(lines)
      else throw failure
    } catch (error) {
      refuseGroup(group, error as Error)
      for (const flush of waiting) flush.reject(error as Error)
      return
    }
    endLines = ''
    ended = []
    // Before any callback queues more: here the file and what is in flight agree.
    if (size >= rotateAt && !isOver) rotate()
    for (const { waiter } of group) tell(waiter)
    for (const flush of waiting) flush.resolve()
  }

  function append(lines: string): void {
    if (lines === '') return
    const bytes = Buffer.from(`${lines}\n`)
    writeWhole(file, bytes)
    size += bytes.length
  }

  function restart(lines: string): void {
    isRetryDue = false
    try {
      startSegment(lines)
    } catch (error) {
      retryLater()
      throw error
    }
    failure = undefined
    log?.info({ dropped }, 'the usage journal can be written again; requests are forwarded')
    dropped = 0
  }

  function rotate(): void {
    try {
      startSegment('')
    } catch (error) {
      log?.error({ err: error }, 'no new journal segment could be made; the old one goes on')
      rotateAt = size + segmentBytes
    }
  }

  /** Those who wait to be forwarded are refused; the ends of others stay queued until there is room. */
  function refuseGroup(group: Opened[], error: Error): void {
    if (!failure) {
      log?.error({ err: error }, 'the usage journal cannot be written; requests are refused')
      retryLater()
    }
    failure = error
    for (const { record } of group) inFlight.delete(record)
    for (const { waiter } of group) tell(waiter, error)
  }

  function retryLater(): void {
    retryTimer = setTimeout(() => {
      isRetryDue = true
      schedule()
    }, retryMs).unref()
  }

  /** fdatasync, one at a time, and off this thread. A file that was synced before its closing lost nothing. */
  function sync(): Promise<void> {
    if (!fsyncMs) return Promise.resolve()
    const target = file
    syncing = (syncing ?? Promise.resolve()).then(
      () =>
        new Promise((resolve) => {
          fs.fdatasync(target, (error) => {
            if (error) log?.error({ err: error }, 'the usage journal could not be synced')
            resolve()
          })
        }),
    )
    return syncing
  }

  function endOpen(record: UsageRecord, line: (record: UsageRecord) => string): void {
    if (isOver || !inFlight.delete(record)) return
    ended.push(record)
    endLines += line(record)
    schedule()
  }

  return {
    open(record, waiter) {
      if (isOver) {
        setImmediate(() => waiter.onNotWritten(new Error('The usage journal was closed.')))
        return
      }
      inFlight.add(record)
      opened.push({ record, waiter })
      openLines += openLine(record)
      schedule()
    },
    close: (record) => endOpen(record, closeLine),
    cancel: (record) => endOpen(record, doneLine),
    refuse(record) {
      if (isOver) return
      // Memory has an end too: while nothing can be written, refusals beyond a segment are only numbered.
      if (failure && endLines.length >= segmentBytes) {
        dropped += 1
        return
      }
      endLines += doneLine(record)
      schedule()
    },
    flush,
    async end() {
      if (isOver) return
      isOver = true
      isRetryDue = true
      endLines += endLine
      const done = flush()
      writeGroup()
      clearInterval(syncTimer)
      clearTimeout(retryTimer)
      const synced = sync()
      try {
        await done
        await synced
      } finally {
        fs.closeSync(file)
        file = -1
      }
    },
  }

  function flush(): Promise<void> {
    return new Promise((resolve, reject) => {
      flushes.push({ resolve, reject })
      schedule()
    })
  }
}

/** Writes all of `bytes`; a part of them may be in the file when it throws. */
function writeWhole(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += fs.writeSync(file, bytes, at)
}

/** Tells one waiter, so that one that throws keeps no other from being told. */
function tell(waiter: Waiter, error?: Error): void {
  try {
    if (error) waiter.onNotWritten(error)
    else waiter.onWritten()
  } catch (thrown) {
    queueMicrotask(() => {
      throw thrown
    })
  }
}
