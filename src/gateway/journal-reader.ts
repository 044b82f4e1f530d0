import type { UsageRecord } from '../core/usage-record.ts'
import { applyEnding, parseLine } from './journal-format.ts'

/** How far a segment was read, and what is known at that point. */
export type Replay = {
  /** Offset up to which whole groups were read. */
  at: number
  /** Requests that were opened and have not ended, in the order of their opening. */
  open: Map<string, UsageRecord>
  /** True when the writer said that nothing follows. */
  hasEnded: boolean
}

/** A finished record and the offset behind the line that finished it. */
export type Entry = { record: UsageRecord; to: number }

/** A line that could not be understood, or that ends a request which never began. */
export type BadLine = { from: number; to: number; text: string }

export function startReplay(): Replay {
  return { at: 0, open: new Map(), hasEnded: false }
}

/**
 * Offset behind the last whole group, 0 without any. An empty line ends a group; what stands behind
 * the last one was torn by a kill or a full disk, and nobody was told that it was written.
 */
export function endOfGroups(bytes: Buffer): number {
  const mark = bytes.lastIndexOf('\n\n')
  if (mark >= 0) return mark + 2
  return bytes[0] === newline ? 1 : 0
}

/** Reads the whole groups in `bytes`, which begin at `replay.at`, and moves `replay` behind them. */
export function replayGroups(replay: Replay, bytes: Buffer): { entries: Entry[]; bad: BadLine[] } {
  const entries: Entry[] = []
  const bad: BadLine[] = []
  const base = replay.at
  const end = endOfGroups(bytes)
  for (let start = 0; start < end; ) {
    const stop = bytes.indexOf(newline, start)
    if (stop > start) {
      const text = bytes.toString('utf8', start, stop)
      const to = base + stop + 1
      const read = applyLine(replay, text)
      if (read === 'bad') bad.push({ from: base + start, to, text })
      else if (read) entries.push({ record: read, to })
    }
    start = stop + 1
  }
  replay.at = base + end
  return { entries, bad }
}

/** The record of a request that was open when its writer died: it is counted, and charged to nobody. */
export function interrupt(open: UsageRecord): UsageRecord {
  return { ...open, creditCost: 0 }
}

const newline = 10

function applyLine(replay: Replay, text: string): UsageRecord | 'bad' | undefined {
  const line = parseLine(text)
  switch (line?.kind) {
    case 'open':
      replay.open.set(line.record.id, line.record)
      return undefined
    case 'close': {
      const open = replay.open.get(line.id)
      if (!open) return 'bad'
      replay.open.delete(line.id)
      return applyEnding(open, line.ending)
    }
    case 'done':
      replay.open.delete(line.record.id)
      return line.record
    case 'end':
      replay.hasEnded = true
      return undefined
    default:
      return 'bad'
  }
}
