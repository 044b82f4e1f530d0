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
  | 'psk'
  | 'key'
  | 'pln'
  | 'ups'
  | 'rte'
  | 'req'
  | 'evt'
  | 'mtr'
  | 'svk'
  | 'aud'
  | 'eml'
  | 'nte'
  | 'imp'
  | 'whk'
  | 'dlv'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const pool = Buffer.allocUnsafe(4096)
let poolAt = pool.length

/**
 * A prefixed id that sorts by time and cannot be guessed: 48 bits of milliseconds and 80 random
 * bits in Crockford's base 32, as in a ULID, written in lower case.
 */
export function newId(prefix: IdPrefix, time: number = Date.now()): string {
  if (poolAt + 16 > pool.length) {
    randomFillSync(pool)
    poolAt = 0
  }
  let id = `${prefix}_${timePart(time)}`
  for (let i = 0; i < 16; i++) id += alphabet[pool[poolAt++]! & 31]
  return id
}

/** When an id of this kind was made, in epoch milliseconds; undefined for what is none. */
export function timeOfId(prefix: IdPrefix, id: string): number | undefined {
  const stamp = /^(...)_([0-9a-hjkmnp-tv-z]{10})[0-9a-hjkmnp-tv-z]{16}$/.exec(id)
  if (stamp?.[1] !== prefix) return undefined
  return [...stamp[2]!].reduce((time, digit) => time * 32 + alphabet.indexOf(digit), 0)
}

/** True for a name that cannot be taken for an id: where one can be given, so can the other. */
export function isNoId(name: string): boolean {
  return !/^[a-z]{3}_[0-9a-z]{26}$/.test(name)
}

let lastTime = -1
let lastPart = ''

/** Ten digits, the most significant first; many ids are made in one millisecond. */
function timePart(time: number): string {
  if (time === lastTime) return lastPart
  let part = ''
  for (let rest = time, i = 0; i < 10; i++) {
    part = alphabet[rest % 32] + part
    rest = Math.floor(rest / 32)
  }
  lastTime = time
  lastPart = part
  return part
}
