import { data } from 'react-router'
import type { z } from 'zod'
import { isUnstorableText } from '../db/violations.ts'
import { AppError, type FieldError, unstorableText } from '../errors.ts'
import { checked } from './checked.ts'

/** What a form's action answers when it could not do what was asked. */
export type Refused = { errors: FieldError[]; values: Record<string, string> }

const formKinds = new Set(['invalid', 'conflict', 'limit_reached', 'rate_limited', 'forbidden'])

/**
 * Reads a form by a schema, in which a field left empty is absent, and does its work. What the sender can mend comes back as messages at
 * the fields, with what was typed (passwords aside) and status 422; anything else is the error page's.
 */
export async function submit<S extends z.ZodType, R>(
  schema: S,
  request: Request,
  work: (input: z.output<S>) => Promise<R>,
) {
  const form = await request.formData()
  const values = readValues(form)
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))
  try {
    return { result: await work(checked(schema, given)) }
  } catch (thrown) {
    const error = isUnstorableText(thrown) ? unstorableText() : thrown
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

/** The fields of a form as texts, our own token left out. */
function readValues(form: FormData): Record<string, string> {
  const values: Record<string, string> = {}
  for (const [name, value] of form) {
    if (typeof value === 'string' && name !== '_csrf' && name !== 'intent') values[name] = value
  }
  return values
}

/** What a page's action answered, for its form: the errors, if there are any. */
export function refusedOf(answer: unknown): Refused | undefined {
  return answer && typeof answer === 'object' && 'errors' in answer
    ? (answer as Refused)
    : undefined
}
