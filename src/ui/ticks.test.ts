import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ticksTo } from './ticks.ts'

test('an axis has whole, even marks from zero to the highest bar, and no more than five', () => {
  fc.assert(
    fc.property(fc.nat(10_000_000_000), (max) => {
      const ticks = ticksTo(max)
      expect(ticks[0]).toBe(0)
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(Math.max(1, max))
      expect(ticks.length).toBeLessThanOrEqual(5)
      expect(ticks.every((tick, i) => Number.isInteger(tick) && tick === i * ticks[1]!)).toBe(true)
    }),
  )
  expect(ticksTo(2460)).toEqual([0, 1000, 2000, 3000])
  expect(ticksTo(0)).toEqual([0, 1])
})
