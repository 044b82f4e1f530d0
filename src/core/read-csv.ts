import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parse } from 'csv-parse'

export type CsvRecord = {
  /** Where the record begins: the first line is 1, blank ones and those within quotes count too. */
  line: number
  cells: string[]
  /** Why the rest of the file cannot be read. */
  problem?: 'quote_not_closed' | 'record_too_long'
}

const maxRecordBytes = 64 * 1024

/**
 * Reads CSV (RFC 4180) record by record as it arrives, whatever its line ends, with a byte order
 * mark or without, separated by commas, or by semicolons or tabs where the first line has no comma.
 * A quotation mark inside a field is a character like others.
 */
export async function* readCsv(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<CsvRecord> {
  const { delimiter, all } = await peekDelimiter(bytes)
  let broken: { after: number; problem: CsvRecord['problem'] } | undefined
  const parser = parse({
    ...{ delimiter, record_delimiter: ['\r\n', '\n', '\r'], bom: true, raw: true },
    ...{ relax_quotes: true, relax_column_count: true, skip_empty_lines: true },
    ...{ max_record_size: maxRecordBytes, skip_records_with_error: true },
    // An error that is thrown would take the records with it that are parsed and not read yet.
    on_skip: (error) => {
      const isLong = error?.code === 'CSV_MAX_RECORD_SIZE'
      broken ??= {
        after: parser.info.records,
        problem: isLong ? 'record_too_long' : 'quote_not_closed',
      }
    },
  })
  const fed = pipeline(Readable.from(all), parser)
  // The reader below sees the same failure; this one must not count as unhandled meanwhile.
  fed.catch(() => {})
  let line = 1
  let count = 0
  for await (const { record, raw } of parser as AsyncIterable<{ record: string[]; raw: string }>) {
    if (count === broken?.after) break
    count += 1
    yield { line: line + countLines(/^[\r\n]*/.exec(raw)![0]), cells: record }
    line += countLines(raw)
  }
  if (broken) yield { line, cells: [], problem: broken.problem }
}

const countLines = (text: string) => text.match(/\r\n|\r|\n/g)?.length ?? 0

/** Looks at the first line, and gives all bytes, those too. */
async function peekDelimiter(bytes: AsyncIterable<Uint8Array>) {
  const iterator = bytes[Symbol.asyncIterator]()
  let head = Buffer.alloc(0)
  let isDone = false
  while (
    !isDone &&
    head.length < maxRecordBytes &&
    !/[^\r\n][\r\n]/.test(head.toString('latin1'))
  ) {
    const next = await iterator.next()
    isDone = next.done === true
    if (!next.done) head = Buffer.concat([head, next.value])
  }
  const first = head
    .toString('latin1')
    .replace(/^[\r\n]+/, '')
    .split(/[\r\n]/)[0]!
  const delimiter = first.includes(',')
    ? ','
    : ([';', '\t'].find((one) => first.includes(one)) ?? ',')
  async function* all() {
    yield head
    if (!isDone) yield* { [Symbol.asyncIterator]: () => iterator }
  }
  return { delimiter, all: all() }
}
