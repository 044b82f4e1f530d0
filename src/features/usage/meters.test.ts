import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { anEvent, makeMeters, report } from '../../../test/events.ts'
import { type Customer, makeCustomer } from '../../../test/make.ts'
import { exportMeters } from './export-meters.ts'
import { getUsageStats } from './meters.ts'
import { getUsage } from './usage.ts'
import type { UsageQuery } from './usage-input.ts'

const hourMs = 3_600_000

test('a customer sees each meter of this period by its key', async () => {
  await using app = await createTestApp({ now: '2026-11-20T12:00:00Z' })
  await makeMeters(app)
  const ada = await makeCustomer(app, { plan: { limits: { bgp_peerings: 40 } } })
  await report(app, [
    anEvent({ subject: ada.userId, type: 'bgp_peerings', value: 35, time: '2026-11-19T00:00:00Z' }),
    anEvent({ subject: ada.userId, type: 'bgp_peerings', value: 30 }),
    anEvent({ subject: ada.userId, type: 'ml_predictions', value: 12 }),
  ])
  const { meters } = await getUsageStats(app, ada)
  expect(Object.keys(meters)).toEqual([
    ...['api_requests', 'data_transfer', 'bgp_peerings', 'ml_predictions', 'storage'],
  ])
  expect(meters.bgp_peerings).toEqual({
    ...{ kind: 'gauge', unit: 'peerings', used: 30, limit: 40, percent: 75, max: 35 },
  })
  expect(meters.ml_predictions).toEqual({
    ...{ kind: 'counter', unit: 'predictions', used: 12, limit: null, percent: null },
  })
})

type Sent = { at: number; type: string; value: number }

/** What events say of a meter in a span, counted one by one. */
function plain(sent: Sent[], type: string, from: number, to: number) {
  const own = sent.filter((event) => event.type === type).sort((a, b) => a.at - b.at)
  const within = own.filter(({ at }) => at >= from && at < to)
  const cents = within.reduce((sum, { value }) => sum + Math.round(value * 100), 0)
  const before = own.findLast(({ at }) => at < from)
  const levels = [...(before ? [before] : []), ...within].map(({ value }) => value)
  return type === 'ml_predictions'
    ? { events: within.length, used: cents / 100, max: null }
    : { events: within.length, used: levels.at(-1) ?? 0, max: Math.max(0, ...levels) }
}

/** Around month ends, a leap day, and both clock changes of New York and Lord Howe Island. */
const anchors = [
  ...['2028-02-29T00:00:00Z', '2028-03-01T00:00:00Z', '2028-03-12T07:00:00Z'],
  ...['2028-11-05T06:00:00Z', '2028-04-01T15:00:00Z', '2028-09-30T15:30:00Z'],
  ...['2028-10-31T23:00:00Z', '2028-12-31T23:59:59Z'],
]
const zones = ['UTC', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia']

test('events, rollups, pages and exports agree for random events, in any zone, at any interval', async () => {
  await using app = await createTestApp()
  await makeMeters(app)
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...anchors),
      fc.constantFrom(...zones),
      fc.constantFrom('hour' as const, 'day' as const, 'week' as const, 'month' as const),
      fc.uniqueArray(fc.integer({ min: -72 * hourMs, max: 72 * hourMs }), {
        ...{ minLength: 1, maxLength: 40 },
      }),
      fc.infiniteStream(fc.integer({ min: 0, max: 99_999 })),
      async (anchor, zone, interval, offsets, numbers) => {
        const middle = Date.parse(anchor)
        app.setNow(new Date(middle + 80 * hourMs))
        const ada = await makeCustomer(app, { plan: {} })
        const sent = offsets.map((offset, i) => ({
          at: middle + offset,
          type: i % 2 ? 'ml_predictions' : 'storage',
          value: numbers.next().value! / 100,
        }))
        await send(app, ada, sent)
        const from = middle - 60 * hourMs - (middle % hourMs)
        const range = [from, from + 100 * hourMs].map((time) => new Date(time).toISOString())
        await compare(app, ada, sent, { from: range[0], to: range[1], interval }, zone)
      },
    ),
    { numRuns: 25 },
  )
}, 60_000)

async function send(app: TestApp, { userId: subject }: Customer, sent: Sent[]): Promise<void> {
  const events = sent.map(({ at, type, value }) =>
    anEvent({ subject, type, value, time: new Date(at).toISOString() }),
  )
  const half = Math.ceil(events.length / 2)
  await Promise.all([events.slice(0, half), events.slice(half)].map((some) => report(app, some)))
  await report(app, events)
}

async function compare(
  app: TestApp,
  ada: Customer,
  sent: Sent[],
  query: UsageQuery,
  zone: string,
): Promise<void> {
  const { meter_series, series: buckets } = await getUsage(app, ada, query, zone)
  const rows: Record<string, unknown>[] = []
  for await (const batch of exportMeters(app, ada, query, zone)) rows.push(...batch)
  // A bucket's bounds are moved back to a whole hour where its zone is off by a part of one.
  const floor = (time: number) => Math.floor(time / hourMs) * hourMs
  const [from, to] = [Date.parse(query.from!), Date.parse(query.to!)]
  const starts = buckets.map(({ start }) => Math.max(from, floor(Date.parse(start))))
  for (const { key, used, max = null, series } of meter_series) {
    const all = plain(sent, key, from, to)
    expect({ used, max }).toEqual({
      used: all.used,
      max: key === 'ml_predictions' ? null : all.max,
    })
    const counted = starts.map((start, i) => plain(sent, key, start, starts[i + 1] ?? to))
    const shown = series.map((row) => ({ used: row.used, max: row.max ?? null }))
    expect(shown).toEqual(counted.map((figures) => ({ used: figures.used, max: figures.max })))
    const exported = rows.filter((row) => row.meter === key)
    expect(
      exported.map((row) => ({
        ...{ events: row.events, used: Number(row.used) },
        max: row.max === null ? null : Number(row.max),
      })),
    ).toEqual(counted)
  }
  const { rows: raw } = await app.db.execute(sql`
    select coalesce(sum(value), 0)::float8 as total from meter_events e join meters m on m.id = meter_id
    where organization_id = ${ada.organizationId} and m.key = 'ml_predictions'
      and at >= ${query.from}::timestamptz and at < ${query.to}::timestamptz`)
  expect(raw[0]!.total).toBe(plain(sent, 'ml_predictions', from, to).used)
}
