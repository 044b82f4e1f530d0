import type { z } from 'zod'
import type { AppError } from '../errors.ts'
import { validationError } from './router.ts'
import { sayProblem } from './say-problem.ts'

type Check<S extends z.ZodType> = { data: z.output<S> } | { error: AppError }

/**
 * What a form said, by the rules of the thing itself: the same schema that the API has. What a
 * schema has no sentence of its own for is said as to a person, not as to a program.
 */
export function check<S extends z.ZodType>(schema: S, value: unknown): Check<S> {
  const parsed = schema.safeParse(value, { error: sayProblem })
  return parsed.success ? { data: parsed.data } : { error: validationError(parsed.error) }
}

/** As `check`. @throws AppError `validation_error`. */
export function checked<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const found = check(schema, value)
  if ('error' in found) throw found.error
  return found.data
}
