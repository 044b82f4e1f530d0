import { and, desc, eq, gte, ilike, lt, or, type SQL, sql } from 'drizzle-orm'
import { type Actor, requireAdmin, requireOrganization } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { escapeLike } from '../../core/db/like.ts'
import { notFound } from '../../core/errors.ts'
import type { Locale } from '../../core/http/page-context.ts'
import { decodeTimeCursor, isAfter, type Page, toPage } from '../../core/http/pagination.ts'
import { toTime } from '../../core/http/query-fields.ts'
import { getKeyOf } from '../keys/keys.ts'
import { requestLogs } from '../usage/schema.ts'
import { getOrganizationIdOf } from '../usage/usage.ts'
import { explain } from './explain.ts'
import type { ListAllLogs, ListLogs, LogFilter } from './log-input.ts'
import { type LogDetailJson, type LogJson, toLogDetailJson, toLogJson } from './log-json.ts'

/** Whose requests are read; without an organization everybody's, for the operator alone. */
type LogScope = { organizationId?: string }

/** The organization's requests that match, newest first. */
export async function listLogs(
  app: App,
  actor: Actor,
  query: ListLogs,
  zone: string,
): Promise<Page<LogJson>> {
  const organizationId = requireOrganization(actor, 'logs:read')
  return listLogsOf(app, { organizationId }, query, zone)
}

/** Everybody's requests, or those of one user's organization, for the operator. */
export async function listLogsOfAll(
  app: App,
  actor: Actor,
  query: ListAllLogs,
  zone: string,
): Promise<Page<LogJson>> {
  requireAdmin(actor)
  const organizationId =
    query.user_id === undefined ? undefined : await getOrganizationIdOf(app, actor, query.user_id)
  return listLogsOf(app, { organizationId }, query, zone)
}

async function listLogsOf(
  app: App,
  scope: LogScope,
  query: ListLogs,
  zone: string,
): Promise<Page<LogJson>> {
  const where = await toConditions(app, scope, query, zone)
  const after = isAfter(decodeTimeCursor(query.cursor), requestLogs.time, requestLogs.id)
  const rows = await selectLogs(app, [...where, after], query.limit + 1)
  const page = toPage(rows, query.limit, (row) => [row.time.getTime(), row.id])
  return { ...page, data: page.data.map(toLogJson) }
}

/** The newest requests, without any filter. */
export async function readLogs(app: App, scope: LogScope, limit: number): Promise<LogJson[]> {
  const rows = await selectLogs(app, await toConditions(app, scope, {}, 'UTC'), limit)
  return rows.map(toLogJson)
}

/** Every request that matches, newest first, a thousand at a time: no query outlives its page. */
export async function* exportLogs(
  app: App,
  actor: Actor,
  filter: LogFilter,
  zone: string,
): AsyncGenerator<LogJson[]> {
  const organizationId = requireOrganization(actor, 'logs:read')
  const where = await toConditions(app, { organizationId }, filter, zone)
  let last: { time: Date; id: string } | undefined
  do {
    const after = isAfter(last, requestLogs.time, requestLogs.id)
    const rows = await selectLogs(app, [...where, after], exportPage)
    yield rows.map(toLogJson)
    last = rows.length === exportPage ? rows.at(-1) : undefined
  } while (last)
}
const exportPage = 1000

/** One request, with what went wrong in words. Another tenant's is not found. */
export async function getLog(
  app: App,
  actor: Actor,
  id: string,
  reader: { locale: Locale; timeZone: string },
): Promise<LogDetailJson> {
  const organizationId = requireOrganization(actor, 'logs:read')
  const where = [eq(requestLogs.organizationId, organizationId), hasId(id)]
  const [row] = await selectLogs(app, where, 1)
  if (!row) throw notFound('request')
  return toLogDetailJson(row, explain(row, reader))
}

function selectLogs(app: App, where: (SQL | undefined)[], limit: number) {
  return app.db
    .select()
    .from(requestLogs)
    .where(and(...where))
    .orderBy(desc(requestLogs.time), desc(requestLogs.id))
    .limit(limit)
}

async function toConditions(
  app: App,
  { organizationId }: LogScope,
  filter: LogFilter,
  zone: string,
): Promise<(SQL | undefined)[]> {
  if (filter.key_id && organizationId) await getKeyOf(app, organizationId, filter.key_id)
  return [
    organizationId === undefined ? undefined : eq(requestLogs.organizationId, organizationId),
    filter.from ? gte(requestLogs.time, new Date(toTime(filter.from, zone))) : undefined,
    filter.to ? lt(requestLogs.time, new Date(toTime(filter.to, zone))) : undefined,
    filter.key_id ? eq(requestLogs.keyId, filter.key_id) : undefined,
    filter.status ? hasStatus(filter.status) : undefined,
    filter.method ? eq(requestLogs.method, filter.method) : undefined,
    filter.path ? hasPath(filter.path) : undefined,
    filter.q ? matches(filter.q) : undefined,
  ]
}

/** Written out rather than as parameters, so that the index of failed requests applies. */
function hasStatus(status: string): SQL {
  const first = Number(status[0]) * 100
  const [from, to] = /xx$/i.test(status) ? [first, first + 99] : [Number(status), Number(status)]
  return sql`${requestLogs.status} between ${sql.raw(`${from} and ${to}`)}`
}

function hasPath(path: string): SQL {
  return path.endsWith('*')
    ? sql`${requestLogs.path} like ${`${escapeLike(path.slice(0, -1))}%`}`
    : eq(requestLogs.path, path)
}

function matches(q: string): SQL | undefined {
  if (timeOfId(q) !== undefined) return hasId(q)
  return or(ilike(requestLogs.path, `%${escapeLike(q)}%`), eq(requestLogs.id, q))
}

/** A request id holds the row's time, by which it is found. */
function hasId(id: string): SQL | undefined {
  const time = timeOfId(id)
  if (time === undefined) return sql`false`
  return and(eq(requestLogs.time, new Date(time)), eq(requestLogs.id, id))
}

const digits = '0123456789abcdefghjkmnpqrstvwxyz'

/** When a request id was made, in epoch milliseconds; undefined for what is none. */
function timeOfId(id: string): number | undefined {
  const stamp = id.match(/^req_([0-9a-hjkmnp-tv-z]{10})[0-9a-hjkmnp-tv-z]{16}$/)?.[1]
  if (stamp === undefined) return undefined
  return [...stamp].reduce((time, digit) => time * 32 + digits.indexOf(digit), 0)
}
