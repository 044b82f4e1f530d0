import type { z } from 'zod'

/** What is wrong with a field, as the person who filled it in is told. */
export const sayProblem: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return sayType(issue.expected, issue.input)
    case 'too_small':
      return saySmall(String(issue.origin), issue.minimum, issue.inclusive)
    case 'too_big':
      return sayBig(String(issue.origin), issue.inclusive)
    case 'invalid_value':
      return 'Choose one of the options.'
    case 'not_multiple_of':
      return 'Enter a multiple of {{divisor}}.'
    case 'unrecognized_keys':
      return 'There is no such field.'
    default:
      return 'This does not have the right form.'
  }
}

function sayType(expected: string, input: unknown): string {
  if (input === undefined || input === null || input === '') return 'Fill this in.'
  if (expected === 'int') return 'Enter a whole number.'
  if (expected === 'number') return 'Enter a number.'
  if (expected === 'boolean') return 'This must be true or false.'
  return 'This does not have the right form.'
}

function saySmall(origin: string, minimum: number | bigint, isInclusive = true): string {
  if (origin === 'string')
    return Number(minimum) <= 1 ? 'Fill this in.' : 'Use at least {{minimum}} characters.'
  if (origin === 'array')
    return Number(minimum) <= 1 ? 'Give at least one.' : 'Give at least {{minimum}}.'
  return isInclusive ? 'Enter at least {{minimum}}.' : 'Enter more than {{minimum}}.'
}

function sayBig(origin: string, isInclusive = true): string {
  if (origin === 'string') return 'Use at most {{maximum}} characters.'
  if (origin === 'array') return 'Give at most {{maximum}}.'
  return isInclusive ? 'Enter at most {{maximum}}.' : 'Enter less than {{maximum}}.'
}
