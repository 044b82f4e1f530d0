/** Where a JSON text's numbers named `value` stand, by the object that holds them, as they were written. */
export type WrittenValues = WeakMap<object, string>

/** A JSON text with the digits of each `value` in it: a double has 16 of them, and no exact 0.1. */
export function parseWithValues(text: string): { parsed: unknown; written: WrittenValues } {
  const written: WrittenValues = new WeakMap()
  // TypeScript does not know the third argument yet: the piece of text that a value was read from.
  function note(this: object, key: string, value: unknown, context?: { source?: string }) {
    if (key === 'value' && typeof value === 'number' && context?.source)
      written.set(this, context.source)
    return value
  }
  return { parsed: JSON.parse(text, note), written }
}

const maxWhole = 15
const maxDecimals = 9

/**
 * A JSON number as a plain decimal that PostgreSQL takes as it is, such as `1500` for `1.5e3`.
 * Undefined when it has over 15 digits before the point or over 9 behind it.
 */
export function toDecimal(source: string): string | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source)
  if (!match) return undefined
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  const digits = (whole + fraction).replace(/^0+/, '')
  if (digits === '') return '0'
  const decimals = fraction.length - Number(exponent)
  const significant = digits.replace(/0+$/, '')
  const scale = decimals - (digits.length - significant.length)
  if (scale > maxDecimals || significant.length - scale > maxWhole) return undefined
  const padded = significant.padStart(scale + 1, '0')
  if (scale <= 0) return sign + significant + '0'.repeat(-scale)
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`
}
