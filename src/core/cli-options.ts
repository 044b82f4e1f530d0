import { type CommandOptions, usageError } from './cli.ts'

/** Options as the APIs take them: only those that were given, by the names of their fields. */
export function fieldsOf(
  options: CommandOptions,
  fields: Record<string, [field: string, read?: (text: string) => unknown]>,
): Record<string, unknown> {
  const entries = Object.entries(fields).flatMap(([option, [field, read]]) => {
    const given = options[option]
    if (given === undefined) return []
    return [[field, typeof given === 'string' && read ? read(given) : given] as const]
  })
  return Object.fromEntries(entries)
}

/** A whole number; `unlimited` or `none` is null. */
export function toNumber(text: string): number | null {
  if (text === 'unlimited' || text === 'none') return null
  if (/^-?\d+$/.test(text)) return Number(text)
  throw usageError(`"${text}" is not a whole number.`)
}

export function toBoolean(text: string): boolean {
  if (['true', 'yes', 'on', '1'].includes(text)) return true
  if (['false', 'no', 'off', '0'].includes(text)) return false
  throw usageError(`"${text}" is neither true nor false.`)
}

export function toList(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

/** Numbers by name: `storage=25,ml_predictions=5000`; nothing is none at all. */
export function toAmounts(text: string): Record<string, number> {
  const entries = toList(text).map((entry) => {
    const [, name, amount] = /^([^=]+)=(\d+(?:\.\d+)?)$/.exec(entry) ?? []
    if (name === undefined) throw usageError(`"${entry}" is not a name, = and a number.`)
    return [name.trim(), Number(amount)] as const
  })
  return Object.fromEntries(entries)
}

export function toJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw usageError(`"${text}" is not JSON.`)
  }
}
