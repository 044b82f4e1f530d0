import { z } from 'zod'

/** Fields of forms, which arrive as texts, as the types that the rules take. An empty field has been left out. */
const toNumber = (text: string | undefined) => (text === undefined ? undefined : Number(text))

/** A number that may be left out. */
export const OptionalNumber = z.string().optional().transform(toNumber)

/** A number; empty is null, for “unlimited” and its like. */
export const NullableNumber = z
  .string()
  .optional()
  .transform((text) => toNumber(text) ?? null)

/** A text; empty is null. */
export const NullableText = z
  .string()
  .optional()
  .transform((text) => text ?? null)

/** A box that was ticked or not. */
export const Tick = z
  .string()
  .optional()
  .transform((text) => text !== undefined)

/** Several entries in one field, separated by commas or white space. */
export const ListField = z
  .string()
  .optional()
  .transform((text) => (text ?? '').split(/[\s,]+/).filter((entry) => entry !== ''))

/** Several entries, one a line. */
export const LinesField = z
  .string()
  .optional()
  .transform((text) =>
    (text ?? '')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  )

/** A form in which `name` is a list of what was ticked in the `CheckboxGroup` of this name. */
export function withTicked<S extends z.ZodType>(name: string, schema: S) {
  const prefix = `${name}:`
  return z.preprocess((form) => {
    const fields = Object.entries(form as Record<string, unknown>)
    const ticked = fields.filter(([field]) => field.startsWith(prefix))
    const others = fields.filter(([field]) => !field.startsWith(prefix))
    return {
      ...Object.fromEntries(others),
      [name]: ticked.map(([field]) => field.slice(prefix.length)),
    }
  }, schema)
}
