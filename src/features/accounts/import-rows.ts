import { unguardFormula } from '../../core/csv.ts'
import { AppError, unstorableText } from '../../core/errors.ts'
import { type CsvRecord, readCsv } from '../../core/read-csv.ts'
import { Email } from './account-fields.ts'

/** A line as it stands in the file; what is absent is empty. */
export type ImportRow = {
  line: number
  email: string
  name: string
  plan: string
  /** Why the line cannot be read. */
  problem?: AppError
}

type Field = 'email' | 'name' | 'plan'
const names: Record<Field, string[]> = {
  email: ['email', 'email address'],
  name: ['name'],
  plan: ['plan name', 'plan'],
}
const fields = Object.keys(names) as Field[]

/**
 * The lines of a file whose head names `email`, `name` and `plan_name` in any order, among columns
 * that are not read; without a head, in this order.
 */
export async function* readImportRows(csv: AsyncIterable<Uint8Array>): AsyncGenerator<ImportRow> {
  let columns: Record<Field, number> | undefined
  for await (const record of readCsv(csv)) {
    if (!columns) {
      const isHead = !Email.safeParse(record.cells[0]).success
      columns = isHead ? readHead(record) : { email: 0, name: 1, plan: 2 }
      if (isHead) continue
    }
    yield toRow(record, columns)
  }
  if (!columns) throw withoutEmail()
}

function readHead({ cells }: CsvRecord): Record<Field, number> {
  const titles = cells.map((cell) =>
    cell
      .trim()
      .toLowerCase()
      .replace(/[\s_]+/g, ' ')
      .replace('e-mail', 'email'),
  )
  const at = (field: Field) => titles.findIndex((title) => names[field].includes(title))
  if (at('email') === -1) throw withoutEmail()
  return { email: at('email'), name: at('name'), plan: at('plan') }
}

const withoutEmail = () =>
  new AppError(
    'invalid',
    'csv_without_email',
    'Begin the file with a line that names its columns, such as email,name,plan_name.',
  )

function toRow({ line, cells, problem }: CsvRecord, columns: Record<Field, number>): ImportRow {
  const [email, name, plan] = fields.map((field) =>
    unguardFormula(cells[columns[field]] ?? '').trim(),
  )
  const row = { line, email: email!.slice(0, 254), name: name!, plan: plan! }
  return {
    ...row,
    problem: problem ? unreadable[problem]() : findProblem(`${email}${name}${plan}`),
  }
}

const unreadable = {
  quote_not_closed: () =>
    new AppError(
      'invalid',
      'quote_not_closed',
      'A quotation mark opens here and is never closed. Nothing after it was read.',
    ),
  record_too_long: () =>
    new AppError('invalid', 'record_too_long', 'This line is too long. Nothing after it was read.'),
}

function findProblem(text: string): AppError | undefined {
  if (text.includes('\uFFFD')) {
    const sentence = 'This line is not in UTF-8. Save the file as “CSV UTF-8”.'
    return new AppError('invalid', 'not_utf8', sentence)
  }
  return text.includes('\0') ? unstorableText() : undefined
}
