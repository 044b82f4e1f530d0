import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { UsageRecord } from '../core/usage-record.ts'
import type { GatewayContract } from './contract.ts'
import type { Entry } from './journal-reader.ts'

export type Recorder = {
  directory: string
  contract: Pick<GatewayContract, 'recordUsage' | 'findCursor'>
  /** First wait after a failure; later ones double, up to eight times this. */
  retryMs: number
  log: Pick<Log, 'info' | 'warn' | 'error'>
  /** Ends all waiting. */
  signal: AbortSignal
}

/** A segment and the offset up to which the database has recorded it. */
export type Recorded = { segment: string; cursor: number }

/** A batch must fail this often before it is divided, and a lone record before it is set aside. */
const failuresBeforeDividing = 3
const failuresBeforeRejecting = 8
/** More in a row than this are no bad records but a bad database: they wait. */
const maxRejectedInRow = 10

/**
 * Returns a function that records entries of one segment, in order, and moves its cursor; it
 * resolves when all are stored, however long the database is away. When the database takes other
 * writes but not these, they are divided until the one that it cannot take stands alone; that one
 * goes to `rejected.jsonl` and the log.
 * @throws AppError `cursor_moved` when the database stands elsewhere than `at.cursor`: the caller
 * asks for the cursor and reads the segment again.
 */
export function createRecorder({ directory, contract, retryMs, log, signal }: Recorder) {
  let rejectedInRow = 0

  return async function record(at: Recorded, entries: Entry[]): Promise<void> {
    let rest = entries
    let size = rest.length
    let failures = 0
    let failuresAlone = 0
    const advance = (count: number) => {
      rest = rest.slice(count)
      size = rest.length
      failuresAlone = 0
    }
    while (rest.length > 0) {
      const part = rest.slice(0, size)
      try {
        await send(at, part.at(-1)!.to, part)
        rejectedInRow = 0
        advance(size)
        continue
      } catch (error) {
        if (isCursorMoved(error)) throw error
        if (failures++ % 20 === 0) {
          log.warn({ err: error, segment: at.segment }, 'usage could not be stored; trying again')
        }
        if (failures >= failuresBeforeDividing && (await takesWrites(at))) {
          if (size > 1) {
            size = Math.ceil(size / 2)
            continue
          }
          if (++failuresAlone >= failuresBeforeRejecting && rejectedInRow < maxRejectedInRow) {
            await reject(at, part[0]!, error)
            rejectedInRow += 1
            advance(1)
            continue
          }
        }
      }
      await pause(retryMs * 2 ** Math.min(failures - 1, 3), undefined, { signal })
    }
  }

  async function send(at: Recorded, to: number, entries: Entry[]): Promise<void> {
    signal.throwIfAborted()
    const records: UsageRecord[] = entries.map((entry) => entry.record)
    await contract.recordUsage({ segment: at.segment, from: at.cursor, to, records })
    at.cursor = to
  }

  /** True when a batch of nothing is stored: the database is there, and has room. */
  async function takesWrites(at: Recorded): Promise<boolean> {
    try {
      await send(at, at.cursor, [])
      return true
    } catch (error) {
      if (isCursorMoved(error)) throw error
      return false
    }
  }

  async function reject(at: Recorded, entry: Entry, error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error)
    const line = JSON.stringify({ segment: at.segment, to: entry.to, reason, record: entry.record })
    await appendFile(join(directory, 'rejected.jsonl'), `${line}\n`, { mode: 0o600 })
    await send(at, entry.to, [])
    log.error(
      { err: error, segment: at.segment, requestId: entry.record.id },
      'a usage record could not be stored; it is kept in rejected.jsonl',
    )
  }
}

/** What `recordUsage` throws for a batch that does not begin where the cursor stands. */
export function cursorMoved(segment: string): AppError {
  const message = `The cursor of the journal segment ${segment} stands elsewhere.`
  return new AppError('conflict', 'cursor_moved', message)
}

export function isCursorMoved(error: unknown): boolean {
  return error instanceof AppError && error.code === 'cursor_moved'
}
