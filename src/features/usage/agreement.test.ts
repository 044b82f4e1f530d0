import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { type Customer, makeCustomer, system } from '../../../test/make.ts'
import { aRecord, recordAll } from '../../../test/usage.ts'
import { exportLogs } from '../logs/logs.ts'
import { createMeter } from '../meters/meters.ts'
import { exportMeters } from './export-meters.ts'
import { exportUsage } from './export-usage.ts'
import { getUsage, getUsageOfAll } from './usage.ts'
import { readUsageSearch } from './usage-period.ts'

/** Days on which something is odd: a month's end in a leap year, and the changes of the clock. */
const oddDays = [
  { zone: 'Europe/Paris', from: '2028-02-27', until: '2028-03-01' },
  { zone: 'Europe/Paris', from: '2028-03-25', until: '2028-03-27' },
  { zone: 'Europe/Paris', from: '2028-10-28', until: '2028-10-30' },
  { zone: 'America/New_York', from: '2028-03-11', until: '2028-03-13' },
  { zone: 'America/New_York', from: '2028-11-04', until: '2028-11-06' },
  { zone: 'Pacific/Auckland', from: '2027-12-31', until: '2028-01-01' },
  // Whole weeks of rollups, up to now and before.
  { zone: 'Europe/Paris', from: '2028-04-19', until: '2028-05-04' },
  { zone: 'America/New_York', from: '2028-04-19', until: '2028-05-20' },
]

const add = (rows: { requests: number }[]) => rows.reduce((sum, row) => sum + row.requests, 0)
const addUsed = (rows: { used: unknown }[]) => rows.reduce((sum, row) => sum + Number(row.used), 0)

async function collect<Row>(batches: AsyncGenerator<Row[]>): Promise<Row[]> {
  const rows: Row[] = []
  for await (const batch of batches) rows.push(...batch)
  return rows
}

/** What every view says of the days, in the order in which they are named in the test. */
async function readAll(app: TestApp, ada: Customer, from: string, until: string, zone: string) {
  const search = new URLSearchParams({ from, until })
  const { query } = readUsageSearch(search, app.now(), zone)
  const own = await getUsage(app, ada, query, zone)
  const everybody = await getUsageOfAll(app, system, { ...query, user_id: undefined }, zone)
  const logs = { from: query.from, to: query.to }
  const exported = await collect(exportUsage(app, ada, query, zone))
  const [meter] = own.meter_series
  const exportedMeters = await collect(exportMeters(app, ada, query, zone))
  return {
    own: [own.totals.requests, add(own.series), add(own.endpoints), add(own.keys), add(exported)],
    meter: [meter!.used, addUsed(meter!.series), addUsed(exportedMeters)],
    logs: (await collect(exportLogs(app, ada, logs, zone))).length,
    everybody: [everybody.totals.requests, add(everybody.series), add(everybody.endpoints)],
    organizations: add(everybody.organizations),
    errors: [own.totals.errors, everybody.totals.errors],
    p95: [own.totals.latency_ms.p95, everybody.totals.latency_ms.p95],
  }
}

test('rows, rollups, exports and pages agree over month ends, leap days and changes of the clock', {
  timeout: 120_000,
}, async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const calls = { key: 'calls', name: 'Calls', unit: 'calls' } as const
  await createMeter(app, system, { ...calls, kind: 'counter', source: 'requests' })
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...oddDays),
      fc.array(
        fc.record({
          /** Minutes from a day before the first one. */
          minute: fc.oneof(
            fc.integer({ min: 0, max: 6 * 1440 }),
            fc.integer({ min: 0, max: 28 * 1440 }),
          ),
          keyId: fc.constantFrom('key_1', 'key_2'),
          routeId: fc.constantFrom('rte_1', null),
          status: fc.constantFrom(200, 404, 500),
          latencyMs: fc.integer({ min: 0, max: 2000 }),
        }),
        { maxLength: 60 },
      ),
      /** Days from there to now: before the last one, within it, or after it. */
      fc.integer({ min: 1, max: 29 }),
      async ({ zone, from, until }, traffic, days) => {
        await app.db.execute(
          sql`truncate request_logs, usage_minutes, usage_hours, usage_days, usage_weeks, usage_totals, usage_periods, meter_rollups`,
        )
        const day = Temporal.PlainDate.from(from)
        const startOf = (date: Temporal.PlainDate) => date.toZonedDateTime(zone).epochMilliseconds
        const base = startOf(day.subtract({ days: 1 }))
        const now = base + days * 86_400_000 + 12 * 3_600_000
        app.setNow(new Date(now))
        const records = traffic
          .map(({ minute, ...rest }) =>
            aRecord(ada, base + minute * 60_000, { ...rest, meters: ['calls'] }),
          )
          .filter(({ time }) => time < now)
        await recordAll(app, records)
        const end = startOf(Temporal.PlainDate.from(until).add({ days: 1 }))
        const inside = records.filter(({ time }) => time >= startOf(day) && time < end)
        const errors = inside.filter(({ status }) => status >= 400).length
        const read = await readAll(app, ada, from, until, zone)
        const count = inside.length
        expect(read).toMatchObject({
          own: [count, count, count, count, count],
          meter: [count, count, count],
          logs: count,
          everybody: [count, count, count],
          organizations: count,
          errors: [errors, errors],
        })
        expect(read.p95[0]).toBe(read.p95[1])
      },
    ),
    { numRuns: 20 },
  )
})
