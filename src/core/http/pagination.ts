import { z } from '@hono/zod-openapi'
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { type AppError, invalidInput } from '../errors.ts'

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(500).optional(),
})
export type PageQuery = z.infer<typeof PageQuery>

export type Page<Row> = { data: Row[]; next_cursor: string | null }

/** A collection of `row` as the APIs answer it. */
export function pageOf<Row extends z.ZodType>(row: Row) {
  return z.object({ data: z.array(row), next_cursor: z.string().nullable() })
}

/** Where a page ended, as opaque text: the sort keys of its last row. */
export function encodeCursor(keys: (string | number)[]): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url')
}

/** @throws AppError `invalid_cursor` for text that we did not make. */
export function decodeCursor(cursor: string | undefined, length: number): string[] | undefined {
  if (!cursor) return undefined
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(keys) && keys.length === length) return keys.map(String)
  } catch {
    // Falls through to the one error below.
  }
  throw foreignCursor()
}

/** A cursor of rows that are sorted by time and id, newest first. */
export function decodeTimeCursor(
  cursor: string | undefined,
): { time: Date; id: string } | undefined {
  const [text, id = ''] = decodeCursor(cursor, 2) ?? []
  if (text === undefined) return undefined
  if (!/^\d{1,14}$/.test(text)) throw foreignCursor()
  return { time: new Date(Number(text)), id }
}

/** The rows behind a cursor, by the two columns that they are sorted by. */
export function isAfter(
  cursor: { time: Date; id: string } | undefined,
  time: SQLWrapper,
  id: SQLWrapper,
): SQL | undefined {
  return cursor && sql`(${time}, ${id}) < (${cursor.time}, ${cursor.id})`
}

export function foreignCursor(): AppError {
  return invalidInput('cursor', 'This cursor is not one of ours.')
}

/**
 * A page of a list that is short enough to be read as a whole, in its own order. The cursor names the
 * row that the page before ended with, and its place for when that is gone.
 */
export function pageWithin<Row>(
  rows: Row[],
  { limit, cursor }: PageQuery,
  idOf: (row: Row) => string,
): Page<Row> {
  const [id, place] = decodeCursor(cursor, 2) ?? []
  if (id !== undefined && !/^\d{1,9}$/.test(place!)) throw foreignCursor()
  const found = id === undefined ? -1 : rows.findIndex((row) => idOf(row) === id)
  const start = found === -1 ? Number(place ?? 0) : found + 1
  const end = start + limit
  return toPage(rows.slice(start, end + 1), limit, (row) => [idOf(row), end])
}

/** Cuts the one row too many that a query fetched, and says where the next page begins. */
export function toPage<Row>(
  rows: Row[],
  limit: number,
  keysOf: (row: Row) => (string | number)[],
): Page<Row> {
  const data = rows.slice(0, limit)
  const last = data.at(-1)
  return { data, next_cursor: rows.length > limit && last ? encodeCursor(keysOf(last)) : null }
}

/** The pages of a list, one after the other, to its end. */
export async function* everyPage<Row>(
  read: (query: PageQuery) => Promise<Page<Row>>,
): AsyncGenerator<Row[]> {
  let cursor: string | undefined
  do {
    const page = await read({ limit: 100, cursor })
    yield page.data
    cursor = page.next_cursor ?? undefined
  } while (cursor)
}
