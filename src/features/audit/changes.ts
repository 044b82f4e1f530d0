import { isDeepStrictEqual } from 'node:util'

/** What became of the fields that were `given`: `{from, to}` for each that is another now. */
export function changesOf(
  before: object,
  after: object,
  given: object,
): Record<string, { from: unknown; to: unknown }> {
  const [old, now] = [before, after] as Record<string, unknown>[]
  const changed = Object.keys(given).filter((name) => !isDeepStrictEqual(old![name], now![name]))
  return Object.fromEntries(changed.map((name) => [name, { from: old![name], to: now![name] }]))
}
