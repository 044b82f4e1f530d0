import type { z } from 'zod'
import { validationError } from './router.ts'

/** What a form said, by the rules of the thing itself: the same schema that the API has. */
export function checked<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw validationError(parsed.error)
  return parsed.data
}
