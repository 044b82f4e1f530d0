import { expect, test } from 'vitest'
import { toMoment, toSeconds } from './duration.ts'

const now = new Date('2026-11-25T12:00:00Z')

test('a moment is a day, a duration from now, or a time', () => {
  expect(toMoment('2027-01-31', now)).toBe('2027-01-31T00:00:00Z')
  expect(toMoment('90d', now)).toBe('2027-02-23T12:00:00.000Z')
  expect(toMoment('2027-01-31T09:00:00+01:00', now)).toBe('2027-01-31T09:00:00+01:00')
  // What is none of them is for whoever reads it to refuse.
  expect(toMoment('soon', now)).toBe('soon')
})

test('a duration has a unit or counts seconds, and all else is refused', () => {
  expect([toSeconds('90'), toSeconds('30m'), toSeconds(' 7d ')]).toEqual([90, 1800, 604_800])
  expect(() => toSeconds('1w')).toThrow('"1w" is not a duration')
})
