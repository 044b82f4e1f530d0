import { stringify } from 'csv-stringify/sync'

type Cell = string | number | boolean | null | undefined
type Row = Record<string, Cell>

/**
 * Rows as CSV (RFC 4180) with a head, in the batches in which they come. A text that a spreadsheet
 * would take for a formula is preceded by an apostrophe.
 */
export async function* csvOf(columns: string[], batches: AsyncIterable<Row[]>) {
  yield stringify([columns], { record_delimiter: 'windows' })
  for await (const rows of batches) {
    const cells = rows.map((row) => columns.map((column) => row[column] ?? ''))
    yield stringify(cells, { escape_formulas: true, record_delimiter: 'windows' })
  }
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
