import { expect, test } from 'vitest'
import { dayOf } from './day-of.ts'
import { KeyForm, toKeyInput } from './key-form.ts'

const expiryOf = (expires_at: string, zone: string) =>
  toKeyInput(KeyForm.parse({ expires_at }), zone).expires_at

test('a key’s last day ends where its reader lives, and is shown there as that day', () => {
  expect(expiryOf('2026-11-30', 'UTC')).toBe('2026-11-30T23:59:59Z')
  expect(expiryOf('2026-11-30', 'America/New_York')).toBe('2026-12-01T04:59:59Z')
  expect(dayOf('2026-12-01T04:59:59Z', 'America/New_York')).toBe('2026-11-30')
  expect(dayOf('2026-12-01T04:59:59Z', 'Asia/Tokyo')).toBe('2026-12-01')
  expect(expiryOf('soon', 'UTC')).toBe('soon')
  expect(dayOf(null, 'UTC')).toBeUndefined()
})
