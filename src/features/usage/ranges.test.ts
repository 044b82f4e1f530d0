import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toTime } from '../../core/http/query-fields.ts'
import { coverRanges, toBuckets, toRange } from './ranges.ts'

const now = Date.parse('2026-11-24T12:00:00Z')
const at = (text: string) => Date.parse(text)
const rangeOf = (from: string, to: string) => ({ from: at(from), to: at(to) })
const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 }

test('pieces cover a range exactly once, each of them in whole units of its own', () => {
  const minute = fc.integer({ min: at('2026-08-01') / 60_000, max: now / 60_000 - 1 })
  fc.assert(
    fc.property(minute, minute, (a, b) => {
      const range = { from: Math.min(a, b) * 60_000, to: Math.max(a, b) * 60_000 }
      const pieces = coverRanges([range], now)
      let position = range.from
      for (const { from, to, unit } of pieces) {
        expect(from).toBe(position)
        expect(to).toBeGreaterThan(from)
        expect(from % unitMs[unit]).toBe(0)
        expect(to % unitMs[unit]).toBe(0)
        position = to
      }
      expect(position).toBe(range.from === range.to ? range.from : range.to)
      expect(pieces.length).toBeLessThanOrEqual(7)
    }),
  )
})

test('up to now, the present week is read as a whole', () => {
  const [first, last, ...rest] = coverRanges(
    [rangeOf('2026-11-10T23:00:00Z', '2026-11-24T12:01:00Z')],
    now,
  ).filter(({ unit }) => unit !== 'day')
  expect(first).toEqual({
    ...rangeOf('2026-11-10T23:00:00Z', '2026-11-11T00:00:00Z'),
    unit: 'hour',
  })
  expect(last).toEqual({ ...rangeOf('2026-11-12', '2026-11-26'), unit: 'week' })
  expect(rest).toEqual([])
})

test('buckets follow each other through a range, in any zone and at any interval', () => {
  const zone = fc.constantFrom('UTC', 'Europe/Paris', 'Asia/Kolkata', 'America/St_Johns')
  const interval = fc.constantFrom('hour' as const, 'day' as const, 'week' as const)
  const hours = fc.integer({ min: 1, max: 900 })
  fc.assert(
    fc.property(zone, interval, hours, hours, (timeZone, size, back, length) => {
      const from = new Date(now - back * 3_600_000).toISOString()
      const to = new Date(now - back * 3_600_000 + length * 3_600_000).toISOString()
      const range = toRange({ from, to }, timeZone, now, 0)
      const buckets = toBuckets(range, size, timeZone, now)
      expect(buckets[0]!.from).toBe(range.from)
      expect(buckets.at(-1)!.to).toBe(range.to)
      buckets.slice(1).forEach((bucket, i) => {
        expect(bucket.from).toBe(buckets[i]!.to)
      })
    }),
  )
})

test('a day in Paris has 25 hours when summer time ends, and weeks begin on Monday', () => {
  const range = rangeOf('2026-10-23T22:00:00Z', '2026-10-26T23:00:00Z')
  const days = toBuckets(range, 'day', 'Europe/Paris', now)
  expect(days.map(({ from, to }) => (to - from) / unitMs.hour)).toEqual([24, 25, 24])
  const [week] = toBuckets(range, 'week', 'Europe/Paris', now)
  expect(new Date(week!.start).toISOString()).toBe('2026-10-18T22:00:00.000Z')
})

test('a date means its first moment in the reader’s zone', () => {
  const range = toRange({ from: '2026-11-23', to: '2026-11-24' }, 'Asia/Kolkata', now, 0)
  expect(range).toEqual(rangeOf('2026-11-22T18:30:00Z', '2026-11-23T18:30:00Z'))
})

test('dates give their days and no other, also long ago in a zone that is off by half an hour', () => {
  for (const zone of ['Asia/Kolkata', 'America/St_Johns', 'Asia/Kathmandu', 'UTC']) {
    const daysOf = (from: string, to: string) =>
      toBuckets(toRange({ from, to }, zone, now, 0), 'day', zone, now)
    const days = daysOf('2026-10-24', '2026-10-27')
    expect(days.map(({ from, to }) => (to - from) / unitMs.hour)).toEqual([24, 24, 24])
    expect(days[0]!.start).toBe(toTime('2026-10-24', zone))
    expect(daysOf('2026-10-27', '2026-10-28')[0]!.from).toBe(days[2]!.to)
  }
})

test('ends of a range move outwards to minutes, and to hours where minutes are gone', () => {
  const recent = toRange({ from: '2026-11-24T10:10:10Z' }, 'UTC', now + 1, 0)
  expect(recent).toEqual(rangeOf('2026-11-24T10:10:00Z', '2026-11-24T12:01:00Z'))
  const query = { from: '2026-11-01T10:10:10Z', to: '2026-11-02T10:10:10Z' }
  expect(toRange(query, 'UTC', now, 0)).toEqual(
    rangeOf('2026-11-01T10:00:00Z', '2026-11-02T11:00:00Z'),
  )
})

test('a range that ends before it begins, or has too many buckets, is refused', () => {
  const backwards = { from: '2026-11-02', to: '2026-11-02' }
  expect(() => toRange(backwards, 'UTC', now, 0)).toThrow('must end after it begins')
  const years = rangeOf('2020-01-01T00:00:00Z', '2026-01-01T00:00:00Z')
  expect(() => toBuckets(years, 'hour', 'UTC', now)).toThrow('more than 1000 steps')
})
