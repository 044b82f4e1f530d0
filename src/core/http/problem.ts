import { type AppError, fillIn } from '../errors.ts'

/** An error as RFC 9457 has it, with our `code` and `request_id`. */
export type Problem = {
  type: string
  title: string
  status: number
  detail: string
  instance: string
  code: string
  request_id: string
  errors?: { path: string; message: string }[]
}

export type ProblemSite = {
  /** Address of the pages that explain codes, without a trailing slash. */
  helpUrl: string
  requestId: string
  /** Path of the request. */
  path: string
}

/** A code as a title: `key_limit_reached` → `Key limit reached`. */
export function titleOf(code: string): string {
  const words = code
    .replaceAll('_', ' ')
    .replace(/\b(api|csv|ip|sso|uri)\b/g, (word) => word.toUpperCase())
  return words.charAt(0).toUpperCase() + words.slice(1)
}

export function problemOf(error: AppError, site: ProblemSite): Problem {
  return {
    type: `${site.helpUrl}/${error.code}?request=${site.requestId}`,
    title: titleOf(error.code),
    status: error.status,
    detail: error.message,
    instance: site.path,
    code: error.code,
    request_id: site.requestId,
    ...(error.details.errors && {
      errors: error.details.errors.map(({ path, ...sentence }) => ({
        path,
        message: fillIn(sentence),
      })),
    }),
  }
}

export function problemResponse(error: AppError, site: ProblemSite): Response {
  const headers = new Headers({
    'content-type': 'application/problem+json',
    'x-request-id': site.requestId,
    'cache-control': 'no-store',
  })
  if (error.kind === 'unauthenticated') headers.set('www-authenticate', 'Bearer')
  if (error.details.retryAfter !== undefined) {
    headers.set('retry-after', String(Math.max(1, Math.ceil(error.details.retryAfter))))
  }
  return new Response(JSON.stringify(problemOf(error, site)), { status: error.status, headers })
}

/** Where the pages that explain error codes live. */
export function helpUrlOf(publicUrl: string, basePath: string): string {
  return `${publicUrl}${basePath}/help/errors`
}
