import { stringify } from 'csv-stringify/sync'

type Cell = string | number | boolean | object | null | undefined
export type Row = Record<string, Cell>

/**
 * Rows as CSV (RFC 4180) with a head, in the batches in which they come. Objects are written as
 * JSON. A text that a spreadsheet would take for a formula is preceded by an apostrophe.
 */
export async function* csvOf(columns: string[], batches: AsyncIterable<Row[]>) {
  yield stringify([columns], lines)
  for await (const rows of batches) {
    const cells = rows.map((row) => columns.map((column) => toCell(row[column])))
    yield stringify(cells, lines)
  }
}

/** Line ends as RFC 4180 has them; every kind of line end within a cell is quoted. */
const lines = { record_delimiter: '\r\n', quote_record_delimiter: true }

function toCell(cell: Cell): string {
  if (typeof cell === 'string') return guardFormula(cell)
  return cell !== null && typeof cell === 'object' ? JSON.stringify(cell) : String(cell ?? '')
}

/** What spreadsheets begin a formula with, in narrow and wide letters, and what they skip before it. */
const formula = /^'*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/

/** An apostrophe before what may be a formula, and before one that has apostrophes already: so it can be taken off again. */
export function guardFormula(text: string): string {
  return formula.test(text) ? `'${text}` : text
}

/** What `guardFormula` was given. */
export function unguardFormula(text: string): string {
  return text.startsWith("'") && formula.test(text) ? text.slice(1) : text
}

/** Rows as one JSON array, in the batches in which they come. */
export async function* jsonOf(batches: AsyncIterable<unknown[]>) {
  let separator = '['
  for await (const rows of batches) {
    for (const row of rows) {
      yield `${separator}\n${JSON.stringify(row)}`
      separator = ','
    }
  }
  yield separator === '[' ? '[]\n' : '\n]\n'
}
