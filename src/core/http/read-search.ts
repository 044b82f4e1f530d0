import type { z } from 'zod'
import type { Sentence } from '../errors.ts'
import { check } from './checked.ts'

type Shape = Record<string, z.ZodType>
export type SearchForm<Names extends string> = Record<Names, string>

/**
 * The filter behind a page's address: its fields as a form shows them, and as the rules take them.
 * A form's `until` is the last day that belongs to it, the rules' `to` the first moment that does
 * not. What cannot be read is left out and told.
 */
export function readSearch<S extends Shape, Names extends (keyof S & string) | 'until'>(
  search: URLSearchParams,
  shape: S,
  names: readonly Names[],
) {
  const form = Object.fromEntries(
    names.map((name) => [name, search.get(name)?.trim() ?? '']),
  ) as SearchForm<Names>
  const problems: Sentence[] = []
  const filter: Record<string, unknown> = {}
  for (const name of names) {
    if (form[name] === '') continue
    const field = name === 'until' ? 'to' : name
    const found = check(shape[field]!, form[name])
    if ('error' in found) problems.push(...found.error.details.errors!.slice(0, 1))
    else filter[field] = name === 'until' ? dayAfter(found.data as string) : found.data
  }
  return { form, filter: filter as { [K in keyof S]?: z.output<S[K]> }, problems }
}

function dayAfter(text: string): string {
  return text.includes('T') ? text : Temporal.PlainDate.from(text).add({ days: 1 }).toString()
}
