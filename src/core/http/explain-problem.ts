import type { z } from 'zod'
import { sayProblem } from './say-problem.ts'

const kinds: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'an array',
  object: 'an object',
  record: 'an object',
}

/** What is wrong with a field, as the writer of a program, a command or a configuration is told. */
export const explainProblem: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'This is missing.'
      return `This must be ${kinds[issue.expected] ?? `of the type ${issue.expected}`}.`
    case 'invalid_value':
      return `This must be ${oneOf(issue.values.map(String))}.`
    case 'invalid_key':
      return issue.issues[0]?.message
    case 'invalid_union':
      return 'This fits none of the forms that can stand here.'
    default:
      return sayProblem(issue)
  }
}

function oneOf(values: string[]): string {
  const last = values.at(-1)
  return values.length === 1 ? `${last}` : `${values.slice(0, -1).join(', ')} or ${last}`
}
