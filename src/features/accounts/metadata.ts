import { z } from '@hono/zod-openapi'
import type { Metadata } from './schema.ts'

const maxEntries = 50
/** Common servers refuse requests whose headers are larger than 8 KiB in all; half of that is ours. */
const maxHeaderBytes = 4096

/**
 * What the operator keeps about a user. All of it reaches the upstream in headers, so it must fit
 * into them, each entry into one of its own.
 */
export const MetadataInput = z
  .record(
    z
      .string()
      .regex(
        /^[A-Za-z][A-Za-z0-9_-]{0,63}$/,
        'Begin names with a letter; use letters, digits, _ and -',
      ),
    z.union([z.string().max(1000), z.number(), z.boolean()]),
  )
  .refine((metadata) => Object.keys(metadata).length <= maxEntries, 'At most 50 entries')
  .refine(
    hasOwnHeaders,
    'Two names make the same header: _ and -, large and small letters are alike',
  )
  .refine(
    (metadata) => bytesOf(metadataHeaders(metadata)) <= maxHeaderBytes,
    'All entries together may have 4,096 bytes as headers',
  )

function hasOwnHeaders(metadata: Metadata): boolean {
  const names = Object.keys(metadata)
  return new Set(names.map(headerNameOf)).size === names.length
}

/** Names and values with what stands between and after them. */
const bytesOf = (headers: string[]) => headers.reduce((sum, text) => sum + text.length + 2, 0)

/**
 * A user's metadata as headers, names and values in turn: `company_size` becomes
 * `X-User-Meta-Company-Size`. Bytes of a value that are not visible ASCII or a space are
 * percent-encoded (UTF-8), and so is `%` itself.
 */
export function metadataHeaders(metadata: Metadata): string[] {
  return Object.entries(metadata).flatMap(([name, value]) => [
    headerNameOf(name),
    encodeValue(String(value)),
  ])
}

function headerNameOf(name: string): string {
  const words = name.split(/[_-]+/).filter((word) => word !== '')
  const title = words
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
    .join('-')
  return `X-User-Meta-${title}`
}

function encodeValue(value: string): string {
  let encoded = ''
  for (const byte of Buffer.from(value, 'utf8')) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25
    encoded += isPlain
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return encoded.replace(/^ +| +$/g, (spaces) => '%20'.repeat(spaces.length))
}
