import type { Sentence } from '../../../core/errors.ts'
import { check } from '../../../core/http/checked.ts'
import { LogFilter } from '../log-input.ts'
import type { LogForm } from './log-filters.tsx'

const fields = ['from', 'until', 'key_id', 'status', 'method', 'path', 'q'] as const

/** The filter behind the log page's address. `until` is included; what cannot be read is left out and told. */
export function readLogSearch(search: URLSearchParams): {
  form: LogForm
  filter: LogFilter
  problems: Sentence[]
} {
  const form = Object.fromEntries(
    fields.map((name) => [name, search.get(name)?.trim() ?? '']),
  ) as LogForm
  const problems: Sentence[] = []
  const filter: LogFilter = {}
  for (const name of fields) {
    if (form[name] === '') continue
    const field = name === 'until' ? 'to' : name
    const found = check(LogFilter.shape[field], form[name])
    if ('error' in found) problems.push(...found.error.details.errors!.slice(0, 1))
    else filter[field] = name === 'until' ? dayAfter(found.data!) : found.data
  }
  return { form, filter, problems }
}

function dayAfter(text: string): string {
  return text.includes('T') ? text : Temporal.PlainDate.from(text).add({ days: 1 }).toString()
}
