import { hash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

/**
 * API keys: `<prefix>_<environment>_<body><checksum>`. The body is 256 random bits in 43 characters
 * of base 62, the checksum the CRC-32 (as in zlib) of all that stands before it in 6; most
 * significant digit first, padded with `0`. A mistyped or made-up key is known without a look-up.
 */
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const bodyLength = 43
const checksumLength = 6

export function createKey(prefix: string, environment: 'live' | 'test'): string {
  const body = toBase62(BigInt(`0x${randomBytes(32).toString('hex')}`), bodyLength)
  const start = `${prefix}_${environment}_${body}`
  return start + checksumOf(start)
}

/** True when the text ends in the checksum of the rest. */
export function hasValidChecksum(key: string): boolean {
  const at = key.length - checksumLength
  return at > bodyLength && key.slice(at) === checksumOf(key.slice(0, at))
}

export function checksumOf(text: string): string {
  let digits = ''
  for (let rest = crc32(text); digits.length < checksumLength; rest = Math.floor(rest / 62))
    digits = alphabet[rest % 62] + digits
  return digits
}

/** What is stored of a key: its SHA-256 in hexadecimal. */
export function digestOf(key: string): string {
  return hash('sha256', key, 'hex')
}

/** What may be shown of a key: `ak_live_4fQ2`, and its last four characters. */
export function visibleParts(key: string): { prefix: string; lastFour: string } {
  const body = key.lastIndexOf('_') + 1
  return { prefix: key.slice(0, body + 4), lastFour: key.slice(-4) }
}

function toBase62(value: bigint, length: number): string {
  let digits = ''
  for (let rest = value; rest > 0n; rest /= 62n) digits = alphabet[Number(rest % 62n)] + digits
  return digits.padStart(length, '0')
}
