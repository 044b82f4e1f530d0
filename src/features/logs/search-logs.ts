import { and, desc, eq, getTableColumns, gte, ilike, lt, or, type SQL, sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { escapeLike } from '../../core/db/like.ts'
import { isAfter } from '../../core/http/pagination.ts'
import { toTime } from '../../core/http/query-fields.ts'
import { timeOfId } from '../../core/ids.ts'
import { getKeyOf } from '../keys/keys.ts'
import { type RequestLogRow, requestLogs } from '../usage/schema.ts'
import type { LogFilter } from './log-input.ts'

/** Whose requests are read; without an organization everybody's, for the operator alone. */
export type LogScope = { organizationId?: string }

/** Conditions: those that an index answers, and those for which rows must be looked at. */
export type Search = { indexed: (SQL | undefined)[]; others: SQL[] }

export type Position = { time: Date; id: string }

/** Rows that one step looks at: a few hundredths of a second. */
const stride = 10_000

/**
 * The next requests that match, newest first: `limit` at most, and of so many rows at most that it
 * takes no longer in a log of ten million. `next` is where to go on, null at the end.
 */
export async function walk(
  app: App,
  { indexed, others }: Search,
  after: Position | undefined,
  limit: number,
): Promise<{ rows: RequestLogRow[]; next: Position | null }> {
  const within = and(...indexed, isAfter(after, requestLogs.time, requestLogs.id))
  if (others.length === 0) {
    const { rows, isMore } = cut(
      await app.db
        .select()
        .from(requestLogs)
        .where(within)
        .orderBy(...newestFirst)
        .limit(limit + 1),
      limit,
    )
    return { rows, next: isMore ? rows.at(-1)! : null }
  }
  const nth = sql<number>`row_number() over (order by ${sql.join(newestFirst, sql`, `)})`.as('nth')
  const seen = app.db
    .select({ ...getTableColumns(requestLogs), nth })
    .from(requestLogs)
    .where(within)
    .orderBy(...newestFirst)
    .limit(stride)
    .as('request_logs')
  const isMatch = sql<boolean>`(${and(...others)})`
  const found = await app.db
    .select({ ...seen._.selectedFields, isMatch })
    .from(seen)
    // The last one of a stride is where to go on.
    .where(or(isMatch, eq(seen.nth, stride)))
    .orderBy(desc(seen.time), desc(seen.id))
    .limit(limit + 2)
  const { rows, isMore } = cut(
    found.filter((row) => row.isMatch),
    limit,
  )
  return { rows, next: (isMore ? rows.at(-1) : found.find((row) => row.nth === stride)) ?? null }
}

const newestFirst = [desc(requestLogs.time), desc(requestLogs.id)]

function cut<Row>(rows: Row[], limit: number): { rows: Row[]; isMore: boolean } {
  return { rows: rows.slice(0, limit), isMore: rows.length > limit }
}

/** The conditions of a filter. A key must be the organization's own. */
export async function toSearch(
  app: App,
  { organizationId }: LogScope,
  filter: LogFilter,
  zone: string,
): Promise<Search> {
  if (filter.key_id && organizationId) await getKeyOf(app, organizationId, filter.key_id)
  const isById = filter.q !== undefined && timeOfId('req', filter.q) !== undefined
  return {
    indexed: [
      organizationId === undefined ? undefined : eq(requestLogs.organizationId, organizationId),
      filter.from ? gte(requestLogs.time, new Date(toTime(filter.from, zone))) : undefined,
      filter.to ? lt(requestLogs.time, new Date(toTime(filter.to, zone))) : undefined,
      // As the index of failed requests has it.
      filter.status && /^[45]/.test(filter.status) ? sql`${requestLogs.status} >= 400` : undefined,
      isById ? hasId(filter.q!) : undefined,
    ],
    others: [
      filter.key_id ? eq(requestLogs.keyId, filter.key_id) : undefined,
      filter.status ? hasStatus(filter.status) : undefined,
      filter.method ? eq(requestLogs.method, filter.method) : undefined,
      filter.path ? hasPath(filter.path) : undefined,
      filter.q && !isById ? ilike(requestLogs.path, `%${escapeLike(filter.q)}%`) : undefined,
    ].filter((condition) => condition !== undefined),
  }
}

function hasStatus(status: string): SQL {
  const first = Number(status[0]) * 100
  const [from, to] = /xx$/i.test(status) ? [first, first + 99] : [Number(status), Number(status)]
  return sql`${requestLogs.status} between ${from} and ${to}`
}

function hasPath(path: string): SQL {
  return path.endsWith('*')
    ? sql`${requestLogs.path} like ${`${escapeLike(path.slice(0, -1))}%`}`
    : eq(requestLogs.path, path)
}

/** A request id holds the row's time, by which it is found. */
export function hasId(id: string): SQL | undefined {
  const time = timeOfId('req', id)
  if (time === undefined) return sql`false`
  return and(eq(requestLogs.time, new Date(time)), eq(requestLogs.id, id))
}
