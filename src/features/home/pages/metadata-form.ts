import { z } from 'zod'
import { AppError, invalidFields, invalidInput } from '../../../core/errors.ts'
import type { Metadata } from '../../accounts/schema.ts'

/** `name-3`, `type-3`, `value-3` of each row, as a form sends them. */
export const MetadataForm = z.record(z.string(), z.string())
type MetadataForm = z.infer<typeof MetadataForm>

/**
 * Reads the rows and hands them on; a row whose name was emptied is gone. What is wrong with an
 * entry comes back at its row.
 */
export async function toMetadata<R>(
  form: MetadataForm,
  save: (metadata: Metadata) => Promise<R>,
): Promise<R> {
  const rows = Object.keys(form)
    .flatMap((field) => /^name-(\d+)$/.exec(field)?.[1] ?? [])
    .map((row) => ({ row, name: form[`name-${row}`]!.trim() }))
    .filter(({ name }) => name !== '')
  const metadata: Metadata = {}
  const problems: AppError[] = []
  for (const { row, name } of rows) {
    const value = readValue(form[`type-${row}`], form[`value-${row}`]?.trim() ?? '', `value-${row}`)
    if (Object.hasOwn(metadata, name))
      problems.push(invalidInput(`name-${row}`, 'Another entry has this name.'))
    else if (value instanceof AppError) problems.push(value)
    else metadata[name] = value
  }
  if (problems.length > 0)
    throw invalidFields(problems.flatMap(({ details }) => details.errors ?? []))
  try {
    return await save(metadata)
  } catch (error) {
    throw error instanceof AppError ? atRows(error, rows) : error
  }
}

function readValue(
  type: string | undefined,
  text: string,
  path: string,
): Metadata[string] | AppError {
  if (type === 'number') {
    const number = Number(text.replace(',', '.'))
    return text === '' || !Number.isFinite(number) ? invalidInput(path, 'Enter a number.') : number
  }
  if (type !== 'boolean') return text
  const lower = text.toLowerCase()
  if (['true', 'yes', 'oui', '1'].includes(lower)) return true
  if (['false', 'no', 'non', '0'].includes(lower)) return false
  return invalidInput(path, 'Enter yes or no.')
}

/** An error about `metadata.company_size`, at the row where that stands. */
function atRows(error: AppError, rows: { row: string; name: string }[]): AppError {
  const errors = error.details.errors?.map((problem) => {
    const [, name] = problem.path.split('.')
    const row = rows.find((one) => one.name === name)?.row
    return { ...problem, path: row === undefined ? '' : `name-${row}` }
  })
  return errors ? invalidFields(errors) : error
}
