import { randomFillSync } from 'node:crypto'

/** Every kind of id that the product hands out. */
export type IdPrefix =
  | 'usr'
  | 'org'
  | 'mem'
  | 'ivt'
  | 'ses'
  | 'acc'
  | 'vrf'
  | 'key'
  | 'pln'
  | 'ups'
  | 'rte'
  | 'req'
  | 'evt'
  | 'aud'
  | 'eml'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const pool = Buffer.allocUnsafe(4096)
let poolAt = pool.length

/**
 * A prefixed id that sorts by time and cannot be guessed: 48 bits of milliseconds and 80 random
 * bits in Crockford's base 32, as in a ULID, written in lower case.
 */
export function newId(prefix: IdPrefix, time: number = Date.now()): string {
  let id = ''
  for (let rest = time, i = 0; i < 10; i++) {
    id = alphabet[rest % 32] + id
    rest = Math.floor(rest / 32)
  }
  if (poolAt + 16 > pool.length) {
    randomFillSync(pool)
    poolAt = 0
  }
  for (let i = 0; i < 16; i++) id += alphabet[pool[poolAt++]! & 31]
  return `${prefix}_${id}`
}
