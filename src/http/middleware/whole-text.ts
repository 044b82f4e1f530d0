import { createMiddleware } from 'hono/factory'
import { invalidInput } from '../../core/errors.ts'
import type { ApiEnv } from '../../core/http/router.ts'

const json = /^application\/([\w.-]+\+)?json *(;|$)/i
/** Each event is looked at by itself. */
const events = '/api/v1/events'
const halfPair = /\\ud[89a-f]/i

/**
 * Refuses JSON with half of a surrogate pair in it (`"\ud800"`): it is no character, and no database
 * keeps it.
 */
export const wholeText = createMiddleware<ApiEnv>(async (c, next) => {
  if (json.test(c.req.header('content-type') ?? '') && c.req.path !== events) {
    const text = await c.req.text()
    const field = halfPair.test(text) ? findBroken(parse(text)) : undefined
    if (field !== undefined) throw invalidInput(field, 'A text must not hold half of a character.')
  }
  await next()
})

/** What is no JSON is refused by whoever reads it. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The field of `given` in which a text or a name, however deep, is not whole. */
function findBroken(given: unknown): string | undefined {
  const open = [{ field: '', value: given }]
  for (let at = open.pop(); at; at = open.pop()) {
    const { field, value } = at
    if (typeof value === 'string' && !value.isWellFormed()) return field
    if (typeof value !== 'object' || value === null) continue
    for (const [name, inner] of Object.entries(value)) {
      if (!name.isWellFormed()) return field
      open.push({ field: field || name, value: inner })
    }
  }
  return undefined
}
