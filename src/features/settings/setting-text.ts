import { z } from 'zod'
import { definitions, type SettingKey } from './definitions.ts'

/**
 * A setting's value as people write it in one line: JSON where the setting's type takes it, else the
 * text itself; lists also separated by commas, pairs as `name=value`. An empty line is null.
 */
export function parseSetting(key: string, text: string): unknown {
  const trimmed = text.trim()
  const accepts = (value: unknown) =>
    Object.hasOwn(definitions, key) &&
    definitions[key as SettingKey].schema.safeParse(value).success
  const list = trimmed === '' ? [] : trimmed.split(',').map((entry) => entry.trim())
  const pairs = Object.fromEntries(list.map(asPair))
  const readings = [...asJson(trimmed), trimmed === '' ? null : trimmed, list, pairs]
  return readings.find(accepts) ?? readings[0]
}

function asPair(text: string): [string, string] {
  const at = text.lastIndexOf('=')
  return at < 0 ? [text, ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}

function asJson(text: string): unknown[] {
  try {
    return [JSON.parse(text)]
  } catch {
    return []
  }
}

/** The same line back. */
export function showSetting(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.join(', ')
  if (typeof value !== 'object') return String(value)
  const pairs = Object.entries(value).map(([name, entry]) => `${name}=${entry}`)
  return pairs.join(', ')
}

/** The words that a setting takes, where it takes no others: yes and no, or the names of its choices. */
export function choicesOf(key: SettingKey): string[] | null {
  const { schema } = definitions[key]
  const options = schema instanceof z.ZodUnion ? schema.options : [schema]
  const words = options.map((option) => {
    if (option instanceof z.ZodBoolean) return ['true', 'false']
    if (option instanceof z.ZodLiteral) return [...option.values].map(String)
    if (option instanceof z.ZodEnum) return option.options.map(String)
    return null
  })
  return words.every((each) => each !== null) ? words.flat() : null
}
