import { z } from '@hono/zod-openapi'
import { and, desc, eq, inArray, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import { type Actor, can, requireOrganization, requireUser } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { notFound } from '../../core/errors.ts'
import { decodeCursor, type Page, PageQuery, toPage } from '../../core/http/pagination.ts'
import { noticeTypeNames, severities } from '../notices/notice-types.ts'
import { type NoticeRow, notices } from '../notices/schema.ts'
import { notes } from './schema.ts'

export const ListNotes = PageQuery.extend({
  unread: z
    .enum(['true', 'false'])
    .optional()
    .openapi({ description: '`true` leaves out what was read' }),
})
export type ListNotes = z.infer<typeof ListNotes>

export const NoteJson = z
  .object({
    id: z.string(),
    time: z.string(),
    type: z.enum(noticeTypeNames),
    severity: z.enum(severities),
    data: z.record(z.string(), z.unknown()),
    read_at: z.string().nullable(),
  })
  .openapi('Notification')
export type NoteJson = z.infer<typeof NoteJson>

/** The reader's notes: about their account, and about the organization that they work in. Newest first. */
export async function listNotes(app: App, actor: Actor, query: ListNotes): Promise<Page<NoteJson>> {
  const [before] = decodeCursor(query.cursor, 1) ?? []
  const rows = await selectNotes(app)
    .where(
      and(
        isOwnNote(app, actor),
        query.unread === 'true' ? isNull(notes.readAt) : undefined,
        before === undefined ? undefined : lt(notes.noticeId, before),
      ),
    )
    .orderBy(desc(notes.noticeId))
    .limit(query.limit + 1)
  const page = toPage(rows, query.limit, ({ notice }) => [notice.id])
  return { ...page, data: page.data.map(toNoteJson) }
}

/** The notes of a person that are `which`, newest first, in batches. */
export async function* exportNotes(app: App, userId: string, which: SQL | undefined) {
  let before: string | undefined
  do {
    const rows = await selectNotes(app)
      .where(and(eq(notes.userId, userId), which, before ? lt(notes.noticeId, before) : undefined))
      .orderBy(desc(notes.noticeId))
      .limit(batchSize)
    yield rows.map(toNoteJson)
    before = rows.length === batchSize ? rows.at(-1)?.notice.id : undefined
  } while (before)
}
const batchSize = 1000

const selectNotes = (app: App) =>
  app.db
    .select({ notice: notices, readAt: notes.readAt })
    .from(notes)
    .innerJoin(notices, eq(notices.id, notes.noticeId))

function toNoteJson({ notice, readAt }: { notice: NoticeRow; readAt: Date | null }): NoteJson {
  const { id, createdAt, type, severity, data } = notice
  const time = createdAt.toISOString()
  return { id, time, type, severity, data, read_at: readAt?.toISOString() ?? null }
}

/** How many notes the reader has not read; none for accounts to which the centre is closed. */
export async function countUnread(app: App, actor: Actor): Promise<number> {
  if (!can(actor, 'organization:read')) return 0
  return app.db.$count(notes, and(isOwnNote(app, actor), isNull(notes.readAt)))
}

/** Marks a note as read; to do so twice changes nothing. */
export async function readNote(app: App, actor: Actor, id: string): Promise<void> {
  const marked = await app.db
    .update(notes)
    .set({ readAt: sql`coalesce(${notes.readAt}, ${app.now()})` })
    .where(and(isOwnNote(app, actor), eq(notes.noticeId, id)))
    .returning({ id: notes.noticeId })
  if (marked.length === 0) throw notFound('notification')
}

export async function readAllNotes(app: App, actor: Actor): Promise<void> {
  await app.db
    .update(notes)
    .set({ readAt: app.now() })
    .where(and(isOwnNote(app, actor), isNull(notes.readAt)))
}

/** What another organization of the reader's is told stays there. */
function isOwnNote(app: App, actor: Actor): SQL | undefined {
  const organizationId = requireOrganization(actor, 'organization:read')
  const { userId } = requireUser(actor)
  const theirs = app.db
    .select({ id: notices.id })
    .from(notices)
    .where(or(eq(notices.userId, userId), eq(notices.organizationId, organizationId)))
  return and(eq(notes.userId, userId), inArray(notes.noticeId, theirs))
}
