import type { FieldError } from '../errors.ts'

/** What a form's action answers when it could not do what was asked. */
export type Refused = { errors: FieldError[]; values: Record<string, string>; form?: string }

/** What a page's action answered, for its form (by name, where there are several): the errors, if there are any. */
export function refusedOf(answer: unknown, form?: string): Refused | undefined {
  if (!answer || typeof answer !== 'object' || !('errors' in answer)) return undefined
  const refused = answer as Refused
  return refused.form === form ? refused : undefined
}
