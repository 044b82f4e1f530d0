import { jsonOf } from './csv.ts'

/**
 * A value as JSON, piece by piece: objects and arrays may hold lists that come in batches, which
 * are read while they are sent, so that none of them is ever whole in memory.
 */
export async function* streamJson(value: unknown): AsyncGenerator<string> {
  if (isBatches(value)) return yield* jsonOf(value)
  if (typeof value !== 'object' || value === null || 'toJSON' in value)
    return yield JSON.stringify(value ?? null)
  const isList = Array.isArray(value)
  yield isList ? '[' : '{'
  let separator = '\n'
  for (const [name, inner] of Object.entries(value)) {
    yield isList ? separator : `${separator}${JSON.stringify(name)}: `
    yield* streamJson(inner)
    separator = ',\n'
  }
  yield isList ? ']' : '}'
}

function isBatches(value: unknown): value is AsyncIterable<unknown[]> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
