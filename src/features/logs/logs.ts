import { eq } from 'drizzle-orm'
import { type Actor, requireAdmin, requireOrganization } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { notFound } from '../../core/errors.ts'
import type { Locale } from '../../core/http/page-context.ts'
import { decodeTimeCursor, encodeCursor, type Page } from '../../core/http/pagination.ts'
import { type RequestLogRow, requestLogs } from '../usage/schema.ts'
import { getOrganizationIdOf } from '../usage/usage.ts'
import { explain } from './explain.ts'
import type { ListAllLogs, ListLogs, LogFilter } from './log-input.ts'
import { type LogDetailJson, type LogJson, toLogDetailJson, toLogJson } from './log-json.ts'
import { hasId, type LogScope, type Position, toSearch, walk } from './search-logs.ts'

/** How long a page is searched for when few requests match. */
const searchMs = 60

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
  const search = await toSearch(app, scope, query, zone)
  const found: RequestLogRow[] = []
  const began = performance.now()
  let after: Position | undefined = decodeTimeCursor(query.cursor)
  // A page that is not full says by its cursor that there is more to search.
  do {
    const walked = await walk(app, search, after, query.limit - found.length)
    found.push(...walked.rows)
    after = walked.next ?? undefined
  } while (after && found.length < query.limit && performance.now() - began < searchMs)
  const next_cursor = after ? encodeCursor([after.time.getTime(), after.id]) : null
  return { data: found.map(toLogJson), next_cursor }
}

/** The newest requests, without any filter. */
export async function readLogs(app: App, scope: LogScope, limit: number): Promise<LogJson[]> {
  const { rows } = await walk(app, await toSearch(app, scope, {}, 'UTC'), undefined, limit)
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
  const search = await toSearch(app, { organizationId }, filter, zone)
  let after: Position | undefined
  do {
    const walked = await walk(app, search, after, exportPage)
    yield walked.rows.map(toLogJson)
    after = walked.next ?? undefined
  } while (after)
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
  const indexed = [eq(requestLogs.organizationId, organizationId), hasId(id)]
  const [row] = (await walk(app, { indexed, others: [] }, undefined, 1)).rows
  if (!row) throw notFound('request')
  return toLogDetailJson(row, explain(row, reader))
}
