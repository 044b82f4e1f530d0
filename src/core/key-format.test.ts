import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checksumOf, createKey, digestOf, hasValidChecksum, visibleParts } from './key-format.ts'

test('a key has the form of the contract, and its checksum holds', () => {
  const key = createKey('ak', 'live')
  expect(key).toMatch(/^ak_live_[0-9A-Za-z]{49}$/)
  expect(hasValidChecksum(key)).toBe(true)
  expect(new Set(Array.from({ length: 500 }, () => createKey('ak', 'test'))).size).toBe(500)
})

test('checksums agree with values computed by another program', () => {
  // CRC-32 of "123456789" is 0xCBF43926 by its definition: 3421780262 = 3·62⁵ + 45·62⁴ + 35·62³ + 27·62² + 22·62 + 14.
  expect(checksumOf('123456789')).toBe('3jZRME')
  expect(checksumOf('')).toBe('000000')
})

test('any changed character is noticed', () => {
  const key = createKey('IAFK', 'live')
  fc.assert(
    fc.property(fc.nat(key.length - 1), fc.constantFrom(...'0aZ_9x'), (at, character) => {
      fc.pre(key[at] !== character)
      expect(hasValidChecksum(key.slice(0, at) + character + key.slice(at + 1))).toBe(false)
    }),
  )
})

test('garbage is refused, not thrown at', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 100 }), (text) => {
      expect(hasValidChecksum(text)).toBe(false)
    }),
  )
})

test('a digest is the SHA-256 of the whole key, and the visible parts are eight of its characters', () => {
  const key = 'ak_live_4fQ2aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaax9Zk'
  expect(digestOf(key)).toBe(createHash('sha256').update(key).digest('hex'))
  expect(visibleParts(key)).toEqual({ prefix: 'ak_live_4fQ2', lastFour: 'x9Zk' })
})
