import { and, desc, eq, gte, ilike, like, lt, or, type SQL, sql } from 'drizzle-orm'
import { type Actor, requireAdmin, requireOrganization, requireUser } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { escapeLike } from '../../core/db/like.ts'
import { notFound } from '../../core/errors.ts'
import { decodeTimeCursor, foreignCursor, type Page, toPage } from '../../core/http/pagination.ts'
import { toTime } from '../../core/http/query-fields.ts'
import type { AuditFilter, ListAudit, ListOwnAudit } from './audit-input.ts'
import {
  type AuditDetailJson,
  type AuditJson,
  type AuditRow,
  toAuditDetailJson,
  toAuditJson,
  toOwnAuditJson,
} from './audit-json.ts'
import { auditLog } from './schema.ts'

/** What was changed, by whom, newest first. */
export async function listAudit(
  app: App,
  actor: Actor,
  query: ListAudit,
  zone = 'UTC',
): Promise<Page<AuditJson>> {
  requireAdmin(actor)
  return listRows(app, query, zone, toAuditJson)
}

/** What was changed in the organization that the actor acts in, newest first. */
export async function listOwnAudit(
  app: App,
  actor: Actor,
  query: ListOwnAudit,
  zone: string,
): Promise<Page<AuditJson>> {
  const organization = requireOrganization(actor, 'audit:read')
  const { userId } = requireUser(actor)
  return listRows(app, { ...query, organization }, zone, (row) => toOwnAuditJson(row, userId))
}

/** One row, with its place in the chain. */
export async function getAuditEntry(app: App, actor: Actor, id: string): Promise<AuditDetailJson> {
  requireAdmin(actor)
  const [row] = await app.db.select().from(auditLog).where(eq(auditLog.id, id))
  if (!row) throw notFound('audit entry')
  return toAuditDetailJson(row)
}

/** Every row that matches, newest first, a thousand at a time: no query outlives its page. */
export function exportAudit(app: App, actor: Actor, filter: AuditFilter, zone: string) {
  requireAdmin(actor)
  return exportRows(app, filter, zone, toAuditJson)
}

/** As `exportAudit`, of the organization that the actor acts in. */
export function exportOwnAudit(
  app: App,
  actor: Actor,
  filter: Omit<AuditFilter, 'organization'>,
  zone: string,
) {
  const organization = requireOrganization(actor, 'audit:read')
  const { userId } = requireUser(actor)
  return exportRows(app, { ...filter, organization }, zone, (row) => toOwnAuditJson(row, userId))
}

async function listRows(
  app: App,
  query: ListAudit,
  zone: string,
  toJson: (row: AuditRow) => AuditJson,
): Promise<Page<AuditJson>> {
  const after = decodeTimeCursor(query.cursor)
  const last = after && { time: after.time, seq: Number(after.id) }
  if (last && !Number.isSafeInteger(last.seq)) throw foreignCursor()
  const rows = await selectRows(app, toConditions(query, zone), last, query.limit + 1)
  const page = toPage(rows, query.limit, (row) => [row.time.getTime(), row.seq ?? 0])
  return { ...page, data: page.data.map(toJson) }
}

const exportPage = 1000

async function* exportRows(
  app: App,
  filter: AuditFilter,
  zone: string,
  toJson: (row: AuditRow) => AuditJson,
): AsyncGenerator<AuditJson[]> {
  const where = toConditions(filter, zone)
  let last: AuditRow | undefined
  do {
    const rows = await selectRows(app, where, last, exportPage)
    yield rows.map(toJson)
    last = rows.length === exportPage ? rows.at(-1) : undefined
  } while (last)
}

function selectRows(
  app: App,
  where: SQL | undefined,
  last: { time: Date; seq: number | null } | undefined,
  limit: number,
): Promise<AuditRow[]> {
  return app.db
    .select()
    .from(auditLog)
    .where(and(where, last && isBefore(last)))
    .orderBy(desc(auditLog.time), desc(auditLog.seq))
    .limit(limit)
}

/** Rows of one moment come in the order in which they were chained. */
const isBefore = ({ time, seq }: { time: Date; seq: number | null }) =>
  sql`(${auditLog.time}, ${auditLog.seq}) < (${time}, ${seq})`

function toConditions(filter: AuditFilter, zone: string): SQL | undefined {
  return and(
    filter.action ? like(auditLog.action, `${escapeLike(filter.action)}%`) : undefined,
    filter.actor ? isBy(filter.actor) : undefined,
    filter.target ? eq(auditLog.targetId, filter.target) : undefined,
    filter.organization ? eq(auditLog.organizationId, filter.organization) : undefined,
    filter.request_id ? eq(auditLog.requestId, filter.request_id) : undefined,
    filter.from ? gte(auditLog.time, new Date(toTime(filter.from, zone))) : undefined,
    filter.to ? lt(auditLog.time, new Date(toTime(filter.to, zone))) : undefined,
    filter.q ? matches(filter.q) : undefined,
  )
}

const isBy = (idOrEmail: string) =>
  or(eq(auditLog.actorId, idOrEmail), eq(auditLog.actorEmail, idOrEmail.toLowerCase()))

function matches(q: string): SQL | undefined {
  const pattern = `%${escapeLike(q)}%`
  const { action, targetId, actorId, actorEmail, ip, requestId, changes } = auditLog
  const columns = [action, targetId, actorId, actorEmail, ip, requestId]
  return or(
    ...columns.map((column) => ilike(column, pattern)),
    ilike(sql`${changes}::text`, pattern),
  )
}
