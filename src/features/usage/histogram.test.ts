import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { addToBins, type Bins, percentile, sumBins, writeBins } from './histogram.ts'

const fill = (latencies: number[]) => {
  const bins: Bins = []
  for (const ms of latencies) addToBins(bins, ms)
  return bins
}
const latencies = fc.array(
  fc.oneof(fc.nat(3_000_000), fc.nat(50), fc.double({ min: 0, max: 1, noNaN: true })),
)

test('histograms come back from the database as they were, whatever was added up where', async () => {
  await using app = await createTestApp()
  await fc.assert(
    fc.asyncProperty(fc.array(latencies, { minLength: 1, maxLength: 4 }), async (groups) => {
      const written = groups.map((group) => writeBins(fill(group)))
      const sums = written.map((text) => sql`${text}::int[]`)
      const added = sums.reduce((a, b) => sql`add_bins(${a}, ${b})`)
      const { rows } = await app.db.execute<{ added: string; apart: string }>(
        sql`select ${added}::text as added, concat(${sql.join(sums, sql`::text, `)}::text) as apart`,
      )
      const all = fill(groups.flat())
      expect(sumBins(rows[0]!.added)).toEqual(all)
      expect(sumBins(rows[0]!.apart)).toEqual(all)
    }),
    { numRuns: 50 },
  )
})

test('histograms that were written from the first bin on are added to others', () => {
  expect(sumBins('{1,0,2}[3:4]={5,6}{}{7}')).toEqual([8, 0, 7, 6])
})

test('a percentile is within five hundredths of the value, and null of nothing', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 1, max: 100_000, noNaN: true }), { minLength: 1 }),
      (all) => {
        const sorted = all.toSorted((a, b) => a - b)
        const exact = sorted[Math.ceil(sorted.length * 0.95) - 1]!
        expect(Math.abs(percentile(fill(all), 0.95)! / exact - 1)).toBeLessThan(0.055)
      },
    ),
  )
  expect(percentile([], 0.5)).toBeNull()
})
