/** Kinds of failure and the HTTP status that each one answers with. */
export const statusOfKind = {
  bad_request: 400,
  unauthenticated: 401,
  payment_required: 402,
  forbidden: 403,
  limit_reached: 403,
  not_found: 404,
  method_not_allowed: 405,
  timeout: 408,
  conflict: 409,
  too_large: 413,
  unsupported: 415,
  invalid: 422,
  upgrade_required: 426,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
} as const

export type ErrorKind = keyof typeof statusOfKind

/**
 * A sentence as the code has it, in English, with `{{names}}` for its params. APIs fill it in;
 * pages look it up in the reader's language first.
 */
export type Sentence = { message: string; params?: Record<string, string | number> }

export type FieldError = Sentence & { path: string }

export type ErrorDetails = {
  /** Problems of single fields. */
  errors?: FieldError[]
  /** Seconds to wait, sent as `Retry-After`. */
  retryAfter?: number
  /** Values for the `{{names}}` in the sentence. */
  params?: Sentence['params']
}

/** A failure that its reader can act on. Everything else that is thrown is a bug. */
export class AppError extends Error {
  readonly kind: ErrorKind
  readonly code: string
  readonly details: ErrorDetails
  /** What `message` was made of. */
  readonly sentence: Sentence

  constructor(kind: ErrorKind, code: string, message: string, details: ErrorDetails = {}) {
    super(fillIn({ message, params: details.params }))
    this.name = 'AppError'
    this.kind = kind
    this.code = code
    this.details = details
    this.sentence = { message, params: details.params }
  }

  get status(): number {
    return statusOfKind[this.kind]
  }
}

/** The sentence in English, with its values in it. */
export function fillIn({ message, params = {} }: Sentence): string {
  return message.replace(/\{\{(\w+)\}\}/g, (name, key: string) => String(params[key] ?? name))
}

/** An error with a code of its own that a form shows at the field of `path`. */
export function fieldError(
  kind: ErrorKind,
  code: string,
  path: string,
  message: string,
  params?: Sentence['params'],
): AppError {
  return new AppError(kind, code, message, { params, errors: [{ path, message, params }] })
}

/** Everything that is wrong with an input, field by field. */
export function invalidFields(errors: FieldError[]): AppError {
  const [first] = errors
  const detail = first
    ? `${first.path ? `${first.path}: ` : ''}${fillIn(first)}`
    : 'The input is not valid.'
  return new AppError('invalid', 'validation_error', detail, { errors })
}

/** The error for a field that its schema lets pass and its meaning does not. */
export function invalidInput(path: string, message: string, params?: Sentence['params']): AppError {
  return invalidFields([{ path, message, params }])
}

export function unstorableText(): AppError {
  return invalidInput('', 'A text must not hold a NUL character.')
}

/** The error for a thing that is not there, or that belongs to somebody else. */
export function notFound(what: string): AppError {
  return new AppError('not_found', 'not_found', 'There is no such {{what}}.', { params: { what } })
}
