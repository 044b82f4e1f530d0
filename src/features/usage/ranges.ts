import { invalidInput } from '../../core/errors.ts'
import { toTime } from '../../core/http/query-fields.ts'
import type { Interval } from './usage-input.ts'

/** Half-open: `from` belongs to it, `to` does not. Epoch milliseconds. */
export type Range = { from: number; to: number }

export type RangeQuery = { from?: string; to?: string }

/** Minute rollups are kept this long; older ranges are cut at whole hours. */
export const minuteRetentionMs = 3 * 86_400_000

const minuteMs = 60_000
const hourMs = 3_600_000
const dayMs = 86_400_000
const maxBuckets = 1000
const floorTo = (time: number, unit: number) => Math.floor(time / unit) * unit
const ceilTo = (time: number, unit: number) => Math.ceil(time / unit) * unit

/**
 * The range of a query, from `fallback` up to now where it says nothing. Its ends are moved outwards
 * to whole minutes or, before the last three days, to whole hours: rollups know no finer. A date that
 * ends it moves back, as the days before it do where a zone is off by half an hour.
 * @throws AppError `validation_error` when it ends before it begins.
 */
export function toRange(query: RangeQuery, zone: string, now: number, fallback: number): Range {
  const from = query.from === undefined ? fallback : toTime(query.from, zone)
  const to = query.to === undefined ? Math.max(now, from + 1) : toTime(query.to, zone)
  if (from >= to) throw invalidInput('to', 'The range must end after it begins.')
  const unitAt = (time: number) => (time >= now - minuteRetentionMs ? minuteMs : hourMs)
  const start = floorTo(from, unitAt(from))
  const back = floorTo(to, unitAt(to))
  const isDate = query.to !== undefined && !query.to.includes('T')
  return { from: start, to: isDate && back > start ? back : ceilTo(to, unitAt(to)) }
}

export type Bucket = Range & { start: number }

/**
 * The hours, days, weeks (from Monday) or months of the reader's time zone that a range touches.
 * The first and the last may be cut by the range. Where a zone is off by half an hour, the bounds
 * of days before the last three are moved back to a whole hour.
 * @throws AppError `validation_error` when there are more than 1,000.
 */
export function toBuckets(range: Range, interval: Interval, zone: string, now: number): Bucket[] {
  const cut = (time: number) => (time >= now - minuteRetentionMs ? time : floorTo(time, hourMs))
  const step = { [`${interval}s`]: 1 }
  const buckets: Bucket[] = []
  let at = startOf(Temporal.Instant.fromEpochMilliseconds(range.from).toZonedDateTimeISO(zone))
  while (at.epochMilliseconds < range.to) {
    if (buckets.length === maxBuckets) {
      throw invalidInput(
        'interval',
        'The range has more than {{max}} steps of its interval. Shorten it.',
        { max: maxBuckets },
      )
    }
    const next = at.add(step)
    const from = Math.max(range.from, cut(at.epochMilliseconds))
    const to = Math.min(range.to, cut(next.epochMilliseconds))
    // A range that moved back to a whole hour begins within the day before, of which it has nothing.
    if (from < to) buckets.push({ start: at.epochMilliseconds, from, to })
    at = next
  }
  return buckets

  function startOf(time: Temporal.ZonedDateTime): Temporal.ZonedDateTime {
    if (interval === 'hour') return time.round({ smallestUnit: 'hour', roundingMode: 'floor' })
    if (interval === 'day') return time.startOfDay()
    if (interval === 'week') return time.subtract({ days: time.dayOfWeek - 1 }).startOfDay()
    return time.with({ day: 1 }).startOfDay()
  }
}

/**
 * What requests are added up by, the longest first, all in UTC. Weeks are seven days counted from
 * 1 January 1970, a Thursday: nobody reads them as such, they only make long ranges cheap.
 */
export const rollupUnits = [
  { unit: 'week', unitMs: 7 * dayMs },
  { unit: 'day', unitMs: dayMs },
  { unit: 'hour', unitMs: hourMs },
  { unit: 'minute', unitMs: minuteMs },
] as const

type RollupUnit = (typeof rollupUnits)[number]
export type Piece = Range & { unit: RollupUnit['unit'] }

/**
 * The fewest rollup rows that make up ranges which follow each other: long ones inside, short ones
 * at the edges. Nothing comes after `now`, so that there the longest that holds it is read.
 */
export function coverRanges(
  ranges: Range[],
  now: number,
  longest: Piece['unit'] = 'week',
): Piece[] {
  const units = rollupUnits.slice(rollupUnits.findIndex(({ unit }) => unit === longest))
  const pieces: Piece[] = []
  for (const [i, { from, to }] of ranges.entries()) {
    const isEnd = i === ranges.length - 1 && to > now
    const end = isEnd ? ceilTo(to, units[0]!.unitMs) : to
    for (const piece of cover({ from, to: end }, units)) {
      const last = pieces.at(-1)
      if (last?.unit === piece.unit && last.to === piece.from) last.to = piece.to
      else pieces.push(piece)
    }
  }
  return pieces
}

/** The same of a billing period. */
export function coverPeriod({ start, end }: { start: Date; end: Date }, now: Date): Piece[] {
  return coverRanges([{ from: start.getTime(), to: end.getTime() }], now.getTime())
}

/** The whole units inside a range, and its ends in finer ones. */
function cover({ from, to }: Range, [first, ...finer]: RollupUnit[]): Piece[] {
  if (from >= to || !first) return []
  const { unit, unitMs } = first
  const start = ceilTo(from, unitMs)
  const end = floorTo(to, unitMs)
  if (start >= end) return cover({ from, to }, finer)
  return [
    ...cover({ from, to: start }, finer),
    { from: start, to: end, unit },
    ...cover({ from: end, to }, finer),
  ]
}
