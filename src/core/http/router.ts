import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Actor } from '../actor.ts'
import type { App } from '../app.ts'
import { type AppError, invalidFields, type Sentence } from '../errors.ts'
import type { CookiePolicy } from './cookies.ts'
import { explainProblem } from './explain-problem.ts'

// The routers of our library take no error map of their own. Forms name another, which comes first.
z.config({ customError: explainProblem })

/** What every route of an API finds in `c.var`; set by the front door. */
export type ApiEnv = {
  Variables: {
    app: App
    actor: Actor
    /** How the actor was found, and what the person's profile says. */
    caller: { isByCookie: boolean; locale: string | null; timezone: string | null }
    /** How our cookies go to this browser. */
    cookies: CookiePolicy
    requestId: string
    /** Address of the caller, or null inside the process. */
    ip: string | null
    /** Base path of the portal. */
    basePath: string
    /** How much the caller has left of the general limit; absent where nothing is counted. */
    rate?: { quota: number; remaining: number; resetSeconds: number }
  }
}

/** The caller's time zone: that of days, and of dates without a time. */
export const zoneOf = (c: Context<ApiEnv>): string => c.var.caller.timezone ?? 'UTC'

/** A router whose requests are checked by their schemas; a mismatch is 422 `validation_error`. */
export function createRouter(): OpenAPIHono<ApiEnv> {
  return new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (!result.success) throw validationError(result.error)
    },
  })
}

/** Every problem of an input, each with the path of its field. */
export function validationError(error: z.ZodError): AppError {
  const errors = error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          path: [...issue.path, key].join('.'),
          message: 'There is no such field.',
        }))
      : [{ path: issue.path.join('.'), message: issue.message, params: paramsOf(issue) }],
  )
  return invalidFields(errors)
}

/** The bounds that an issue tells of, such as `minimum`. */
function paramsOf(issue: z.core.$ZodIssue): Sentence['params'] {
  const bounds = Object.entries(issue).filter(
    ([name, value]) =>
      /^(minimum|maximum|divisor)$/.test(name) && /^(number|bigint)$/.test(typeof value),
  )
  return Object.fromEntries(bounds.map(([name, value]) => [name, Number(value)]))
}
