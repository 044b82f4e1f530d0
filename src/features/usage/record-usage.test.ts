import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import type { UsageRecord } from '../../core/usage-record.ts'
import { countUsed } from './count-used.ts'
import { addToBins, percentile, sumBins } from './histogram.ts'
import { findCursor, recordUsage } from './record-usage.ts'

function recordOf(rest: Partial<UsageRecord>): UsageRecord {
  return {
    ...{
      id: 'req_1',
      time: 0,
      organizationId: 'org',
      userId: 'usr',
      keyId: 'key',
      keyPrefix: 'ak_live_x',
      environment: 'live',
    },
    ...{
      routeId: 'rte',
      route: '/x',
      method: 'GET',
      path: '/x',
      outcome: 'forwarded',
      status: 200,
      errorCode: null,
    },
    ...{
      latencyMs: 1.5,
      upstreamMs: 1,
      bytesIn: 1,
      bytesOut: 10,
      creditCost: 1,
      meters: [],
      clientIp: '::1',
      source: 'api',
    },
    ...{ decision: null, limits: null },
    ...rest,
  }
}

test('percentiles of added histograms are within five percent of the true ones', () => {
  const latencies = fc.array(fc.double({ min: 0.2, max: 60_000, noNaN: true }), {
    minLength: 1,
    maxLength: 300,
  })
  fc.assert(
    fc.property(latencies, fc.constantFrom(0.5, 0.95, 0.99, 1), (values, p) => {
      const bins: number[] = []
      for (const value of values) addToBins(bins, value)
      const sorted = [...values].sort((a, b) => a - b)
      const exact = sorted[Math.max(0, Math.ceil(values.length * p) - 1)]!
      expect(Math.abs(percentile(bins, p)! - exact) / exact).toBeLessThan(0.055)
    }),
  )
  expect(percentile([], 0.5)).toBeNull()
})

test('a batch sent twice counts once, and one from elsewhere is refused', async () => {
  await using app = await createTestApp({ now: '2026-03-10T00:00:00Z' })
  const batch = {
    segment: 'a-0',
    from: 0,
    to: 100,
    records: [recordOf({ time: Date.parse('2026-03-09T23:59:59.999Z') })],
  }
  await recordUsage(app, batch)
  await expect(recordUsage(app, batch)).rejects.toMatchObject({ code: 'cursor_moved' })
  await expect(recordUsage(app, { ...batch, from: 50, to: 200 })).rejects.toMatchObject({
    code: 'cursor_moved',
  })
  expect(await findCursor(app, 'a-0')).toBe(100)
  const { rows } = await app.db.execute(
    sql`select count(*)::int as logs, (select sum(requests)::int from usage_days) as days from request_logs`,
  )
  expect(rows[0]).toEqual({ logs: 1, days: 1 })
})

test('logs, rollups and periods agree with a plain sum, over midnights and months, however the records are batched', async () => {
  const record = fc.record({
    time: fc.integer({
      min: Date.parse('2026-02-27T22:00:00Z'),
      max: Date.parse('2026-03-02T02:00:00Z'),
    }),
    organizationId: fc.constantFrom('org_a', 'org_b'),
    keyId: fc.constantFrom('key_1', 'key_2'),
    outcome: fc.constantFrom('forwarded' as const, 'refused' as const, 'interrupted' as const),
    status: fc.constantFrom(200, 404, 429, 503),
    latencyMs: fc.double({ min: 0, max: 5000, noNaN: true }),
  })
  await using app = await createTestApp({ now: '2026-03-03T00:00:00Z' })
  let run = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 20 }),
      async (given, size) => {
        run += 1
        const records = given.map((rest, i) => recordOf({ ...rest, id: `req_${run}_${i}` }))
        await app.db.execute(
          sql`truncate request_logs, usage_minutes, usage_hours, usage_days, usage_weeks, usage_totals, usage_periods`,
        )
        for (let at = 0; at < records.length; at += size) {
          await recordUsage(app, {
            segment: `s-${run}`,
            from: at,
            to: Math.min(at + size, records.length),
            records: records.slice(at, at + size),
          })
        }
        const forwarded = records.filter((entry) => entry.outcome === 'forwarded')
        const isOfAll = sql`where organization_id = '' and unit = 'hour'`
        for (const table of [
          ...[sql`usage_minutes`, sql`usage_hours`, sql`usage_days`, sql`usage_weeks`],
          ...[sql`usage_totals ${isOfAll} and route_id = '*'`],
          ...[sql`usage_totals ${isOfAll} and route_id <> '*'`],
          ...[sql`usage_totals where organization_id <> '' and unit = 'day'`],
        ]) {
          const { rows } = await app.db.execute(
            sql`select sum(requests)::int as requests, sum(refused)::int as refused, sum(errors_5xx)::int as errors, string_agg(latency_bins::text, '') as bins from ${table}`,
          )
          const [{ bins, ...sums }] = rows as [{ bins: string } & Record<string, number>]
          expect(sums).toEqual({
            requests: records.length,
            refused: records.filter((entry) => entry.outcome === 'refused').length,
            errors: records.filter((entry) => entry.status >= 500).length,
          })
          expect(sumBins(bins).reduce((sum, count) => sum + count, 0)).toBe(forwarded.length)
        }
        const start = Date.parse('2026-03-01T00:00:00Z')
        const inMarch = forwarded.filter(
          (entry) => entry.time >= start && entry.organizationId === 'org_a',
        )
        const ofKey = inMarch.filter((entry) => entry.keyId === 'key_1')
        expect(await countUsed(app, 'org_a', null, { start })).toBe(inMarch.length)
        expect(await countUsed(app, 'org_a', 'key_1', { start })).toBe(ofKey.length)
      },
    ),
    { numRuns: 25 },
  )
})
