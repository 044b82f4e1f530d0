import { expect, test } from 'vitest'
import { z } from 'zod'
import { fillIn } from '../errors.ts'
import { check } from './checked.ts'

const Form = z.strictObject({
  name: z.string().min(1, 'Give it a name').max(5),
  limit: z.number().int().min(2).max(9).optional(),
  kind: z.enum(['a', 'b']).optional(),
  tags: z.array(z.string()).max(1).optional(),
})

/** What is said of an input, by field. */
function said(input: unknown): Record<string, string> {
  const found = check(Form, input)
  const errors = 'error' in found ? found.error.details.errors! : []
  return Object.fromEntries(errors.map((error) => [error.path, fillIn(error)]))
}

test('a form’s problems are said as to a person, with the bounds of the schema in them', () => {
  expect(said({})).toEqual({ name: 'Fill this in.' })
  expect(said({ name: '' })).toEqual({ name: 'Give it a name' })
  expect(said({ name: 'too long', limit: Number.NaN, kind: 'c' })).toEqual({
    name: 'Use at most 5 characters.',
    limit: 'Enter a number.',
    kind: 'Choose one of the options.',
  })
  expect(said({ name: 'x', limit: 1.5, tags: ['a', 'b'], other: 1 })).toEqual({
    limit: 'Enter a whole number.',
    tags: 'Give at most 1.',
    other: 'There is no such field.',
  })
  expect(said({ name: 'x', limit: 1 })).toEqual({ limit: 'Enter at least 2.' })
  expect(said({ name: 'x', limit: 2 })).toEqual({})
})
