import { data, redirect } from 'react-router'
import type { z } from 'zod'
import { isUnstorableText } from '../db/violations.ts'
import { AppError, unstorableText } from '../errors.ts'
import { checked } from './checked.ts'
import type { Refused } from './refused.ts'

/** What a person typed to prove who they are, and was wrong: no reason to lead them to the sign-in page. */
const wrongProofs = new Set(['invalid_credentials', 'invalid_code'])
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
  const texts = Object.entries(values).filter(([, value]) => value !== '')
  const given = { ...Object.fromEntries(texts), ...readFiles(form) }
  try {
    return { result: await work(checked(schema, given)) }
  } catch (thrown) {
    const error = isUnstorableText(thrown) ? unstorableText() : thrown
    if (!(error instanceof AppError) || !(formKinds.has(error.kind) || wrongProofs.has(error.code)))
      throw error
    const errors = error.details.errors ?? [{ path: '', ...error.sentence }]
    const kept = Object.fromEntries(
      Object.entries(values).filter(([name]) => !/password|secret/.test(name)),
    )
    return data({ errors, values: kept } satisfies Refused, {
      status: error.kind === 'rate_limited' ? 429 : 422,
    })
  }
}

/** The fields of a form as texts, our own left out. */
function readValues(form: FormData): Record<string, string> {
  const values: Record<string, string> = {}
  for (const [name, value] of form) {
    if (typeof value === 'string' && !/^_|^intent$/.test(name)) values[name] = value
  }
  return values
}

/** The files of a form; a field in which none was chosen sends one without a name. */
function readFiles(form: FormData): Record<string, File> {
  const chosen = [...form].filter(
    (field): field is [string, File] => field[1] instanceof File && field[1].name !== '',
  )
  return Object.fromEntries(chosen)
}

/** One of several forms of a page: its fields, its work, and where it leads when that is done. */
export function formOf<S extends z.ZodType, R>(
  schema: S,
  work: (input: z.output<S>) => Promise<R>,
  done: string | ((result: R) => Response),
) {
  return async (request: Request) => {
    const answer = await submit(schema, request, work)
    if (!('result' in answer)) return answer
    return typeof done === 'string' ? redirect(done) : done(answer.result)
  }
}

/** As `submit`, for a page with several forms that post to `?form=<name>`. */
export async function submitOneOf(
  request: Request,
  forms: Record<string, ReturnType<typeof formOf>>,
) {
  const name = new URL(request.url).searchParams.get('form') ?? ''
  const form = Object.hasOwn(forms, name) ? forms[name] : undefined
  if (!form) throw new AppError('bad_request', 'bad_request', 'There is no such form here.')
  const answer = await form(request)
  if (answer instanceof Response) return answer
  return data({ ...answer.data, form: name }, answer.init ?? undefined)
}
