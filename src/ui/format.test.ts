import { expect, test } from 'vitest'
import { createFormat } from './format.ts'

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

test('sizes and moments are written as the reader’s language writes them, with the zone', () => {
  const en = createFormat('en', 'America/New_York')
  const fr = createFormat('fr', 'Europe/Paris')
  expect([en.bytes(5), en.bytes(20_700_000), en.bytes(1500)].map(plain)).toEqual([
    '5 bytes',
    '20.7 MB',
    '1.5 kB',
  ])
  expect([fr.bytes(1), fr.bytes(20_700_000)].map(plain)).toEqual(['1 octet', '20,7 Mo'])
  expect(plain(en.moment('2026-12-01T00:00:00Z'))).toBe('Nov 30, 7:00 PM EST')
  expect(plain(fr.moment('2026-12-01T00:00:00Z'))).toBe('1 déc., 01:00 UTC+1')
  expect(plain(en.dateTime('2026-12-01T14:05:07Z'))).toBe('Dec 1, 9:05:07 AM EST')
  expect(plain(fr.dateTime('2026-12-01T08:05:07Z'))).toBe('1 déc., 09:05:07 UTC+1')
  expect(plain(fr.list(['a', 'b', 'c']))).toBe('a, b et c')
})
