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
  invalid: 422,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
} as const

export type ErrorKind = keyof typeof statusOfKind

export type FieldError = { path: string; message: string }

export type ErrorDetails = {
  /** Problems of single fields, for `validation_error`. */
  errors?: FieldError[]
  /** Seconds to wait, sent as `Retry-After`. */
  retryAfter?: number
  /** Values for the translated sentence, by the names that it uses. */
  params?: Record<string, string | number>
}

/** A failure that its reader can act on. Everything else that is thrown is a bug. */
export class AppError extends Error {
  readonly kind: ErrorKind
  readonly code: string
  readonly details: ErrorDetails

  constructor(kind: ErrorKind, code: string, message: string, details: ErrorDetails = {}) {
    super(message)
    this.name = 'AppError'
    this.kind = kind
    this.code = code
    this.details = details
  }

  get status(): number {
    return statusOfKind[this.kind]
  }
}

/** The error for a field that its schema lets pass and its meaning does not. */
export function invalidInput(
  path: string,
  message: string,
  params?: ErrorDetails['params'],
): AppError {
  return new AppError('invalid', 'validation_error', `${path}: ${message}`, {
    errors: [{ path, message }],
    params,
  })
}

export function unstorableText(): AppError {
  const message = 'A text must not hold a NUL character.'
  return new AppError('invalid', 'validation_error', message, { errors: [{ path: '', message }] })
}

/** The error for a thing that is not there, or that belongs to somebody else. */
export function notFound(what: string): AppError {
  return new AppError('not_found', 'not_found', `There is no such ${what}.`)
}
