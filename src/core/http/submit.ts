import { data } from 'react-router'
import type { z } from 'zod'
import { AppError, type FieldError } from '../errors.ts'
import { validationError } from './router.ts'

/** What a form's action answers when it could not do what was asked. */
export type Refused = { errors: FieldError[]; values: Record<string, string> }

const formKinds = new Set(['invalid', 'conflict', 'limit_reached', 'rate_limited', 'forbidden'])

/**
 * Reads a form by a schema and does its work. What the sender can mend comes back as messages at
 * the fields, with what was typed (passwords aside) and status 422; anything else is the error page's.
 */
export async function submit<S extends z.ZodType, R>(
  schema: S,
  request: Request,
  work: (input: z.output<S>) => Promise<R>,
) {
  const form = await request.formData()
  const values = readValues(form)
  try {
    const parsed = schema.safeParse(values)
    if (!parsed.success) throw validationError(parsed.error)
    return { result: await work(parsed.data) }
  } catch (error) {
    if (
      !(error instanceof AppError) ||
      !(formKinds.has(error.kind) || error.code === 'invalid_credentials')
    )
      throw error
    const errors = error.details.errors ?? [{ path: '', message: error.message }]
    const kept = Object.fromEntries(
      Object.entries(values).filter(([name]) => !/password|secret/.test(name)),
    )
    return data({ errors, values: kept } satisfies Refused, {
      status: error.kind === 'rate_limited' ? 429 : 422,
    })
  }
}

/** The fields of a form as texts. Our own token is left out, and so are fields left empty. */
function readValues(form: FormData): Record<string, string> {
  const values: Record<string, string> = {}
  for (const [name, value] of form) {
    if (typeof value === 'string' && value !== '' && name !== '_csrf' && name !== 'intent')
      values[name] = value
  }
  return values
}

/** What a page's action answered, for its form: the errors, if there are any. */
export function refusedOf(answer: unknown): Refused | undefined {
  return answer && typeof answer === 'object' && 'errors' in answer
    ? (answer as Refused)
    : undefined
}
