import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvOf, guardFormula, unguardFormula } from './csv.ts'
import { type CsvRecord, readCsv } from './read-csv.ts'

async function* inPieces(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function read(text: string | Buffer, size = 1000): Promise<CsvRecord[]> {
  const records = []
  for await (const record of readCsv(inPieces(Buffer.from(text), size))) records.push(record)
  return records
}

const cell = fc.string({
  unit: fc.constantFrom('a', 'é', '😀', ' ', ',', ';', '"', "'", '\n', '\r\n', '=', '-', '@', '\t'),
  maxLength: 8,
})

test('what is written comes back, whatever it holds and wherever the pieces end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ a: cell, b: cell }), { maxLength: 12 }),
      fc.integer({ min: 1, max: 40 }),
      async (rows, size) => {
        async function* batches() {
          yield rows
        }
        let text = ''
        for await (const piece of csvOf(['a', 'b'], batches())) text += piece
        const [head, ...found] = await read(text, size)
        expect(head!.cells).toEqual(['a', 'b'])
        expect(found.map(({ cells }) => cells.map(unguardFormula))).toEqual(
          rows.map(({ a, b }) => [a, b]),
        )
      },
    ),
  )
})

test('no written cell begins as a formula does, and each can be told from the others', () => {
  fc.assert(
    fc.property(cell, (text) => {
      expect(guardFormula(text)).not.toMatch(/^[=+\-@\t\r\n]/)
      expect(unguardFormula(guardFormula(text))).toBe(text)
    }),
  )
})

test('lines are counted as an editor counts them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, fc.nat(2)), { minLength: 1, maxLength: 12 }),
      fc.constantFrom('\n', '\r\n'),
      fc.integer({ min: 1, max: 40 }),
      async (rows, end, size) => {
        let text = ''
        let line = 1
        const expected: number[] = []
        for (const [value, blanks] of rows) {
          const row = `${end.repeat(blanks)}${stringify([['x', value]], { record_delimiter: end, quoted: true })}`
          expected.push(line + blanks)
          line += row.match(/\r\n|\r|\n/g)!.length
          text += row
        }
        expect((await read(text, size)).map((record) => record.line)).toEqual(expected)
      },
    ),
  )
})

test('a byte order mark, semicolons and stray quotation marks are borne', async () => {
  expect((await read('\uFEFFemail;name\na@x.example;Ann, B.\n'))[1]!.cells).toEqual([
    'a@x.example',
    'Ann, B.',
  ])
  const utf16 = Buffer.concat([
    Buffer.from([0xff, 0xfe]),
    Buffer.from('email,name\né,b\n', 'utf16le'),
  ])
  expect((await read(utf16))[1]!.cells).toEqual(['é', 'b'])
  expect((await read('a,b\nJo "The Pro",x\n'))[1]!.cells).toEqual(['Jo "The Pro"', 'x'])
})

test('a quotation mark that never closes is told with its line, after all that came before it', async () => {
  expect(await read('a,b\n1,2\n"3,4\n5,6\n')).toEqual([
    { line: 1, cells: ['a', 'b'] },
    { line: 2, cells: ['1', '2'] },
    { line: 3, cells: [], problem: 'quote_not_closed' },
  ])
  const endless = `a,b\n"${'x'.repeat(200_000)}`
  expect((await read(endless)).at(-1)).toMatchObject({ line: 2, problem: 'record_too_long' })
})

test('a source that fails is not taken for the end of a file', async () => {
  async function* broken() {
    yield Buffer.from('a,b\n1,2\n')
    throw new Error('cut off')
  }
  const reading = async () => {
    for await (const _ of readCsv(broken()));
  }
  await expect(reading()).rejects.toThrow('cut off')
})
