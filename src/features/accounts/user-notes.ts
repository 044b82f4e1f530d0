import { z } from '@hono/zod-openapi'
import { and, desc, eq } from 'drizzle-orm'
import { type Actor, requireAdmin } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { notFound } from '../../core/errors.ts'
import {
  decodeTimeCursor,
  isAfter,
  type Page,
  type PageQuery,
  toPage,
} from '../../core/http/pagination.ts'
import { newId } from '../../core/ids.ts'
import { recordAudit } from '../audit/audit.ts'
import { userNotes, users } from './schema.ts'
import { getUser } from './users.ts'

export const AddNote = z.strictObject({ body: z.string().trim().min(1).max(5000) })
export type AddNote = z.infer<typeof AddNote>

export const NoteJson = z
  .object({
    id: z.string(),
    body: z.string(),
    author: z
      .object({ id: z.string(), email: z.string(), name: z.string() })
      .nullable()
      .openapi({ description: 'Null for the admin token, and for who is deleted' }),
    created_at: z.string(),
  })
  .openapi('UserNote')
export type NoteJson = z.infer<typeof NoteJson>

/** What operators noted about a user, newest first. */
export async function listNotes(
  app: App,
  actor: Actor,
  idOrEmail: string,
  query: PageQuery,
): Promise<Page<NoteJson>> {
  const { id: userId } = await getUser(app, actor, idOrEmail)
  const rows = await selectNotes(app)
    .where(
      and(
        eq(userNotes.userId, userId),
        isAfter(decodeTimeCursor(query.cursor), userNotes.createdAt, userNotes.id),
      ),
    )
    .orderBy(desc(userNotes.createdAt), desc(userNotes.id))
    .limit(query.limit + 1)
  const page = toPage(rows, query.limit, ({ note }) => [note.createdAt.getTime(), note.id])
  return { ...page, data: page.data.map(toNoteJson) }
}

/** Notes something about a user. The log says that it was done, and not what was written. */
export async function addNote(
  app: App,
  actor: Actor,
  idOrEmail: string,
  { body }: AddNote,
): Promise<NoteJson> {
  const { id: userId } = await getUser(app, actor, idOrEmail)
  const createdAt = app.now()
  const id = newId('nte', createdAt.getTime())
  const authorId = actor.type === 'user' ? actor.userId : null
  return inTransaction(app, async (tx) => {
    await tx.db.insert(userNotes).values({ id, userId, authorId, body, createdAt })
    await tell(tx, actor, 'users.note_added', userId)
    const [row] = await selectNotes(tx).where(eq(userNotes.id, id))
    return toNoteJson(row!)
  })
}

export async function removeNote(
  app: App,
  actor: Actor,
  idOrEmail: string,
  id: string,
): Promise<void> {
  requireAdmin(actor)
  const { id: userId } = await getUser(app, actor, idOrEmail)
  await inTransaction(app, async (tx) => {
    const removed = await tx.db
      .delete(userNotes)
      .where(and(eq(userNotes.id, id), eq(userNotes.userId, userId)))
      .returning({ id: userNotes.id })
    if (removed.length === 0) throw notFound('note')
    await tell(tx, actor, 'users.note_removed', userId)
  })
}

/** Under no organization, as the customer is not to read that there is a note. */
const tell = (
  tx: App,
  actor: Actor,
  action: 'users.note_added' | 'users.note_removed',
  userId: string,
) => recordAudit(tx, actor, { action, target: { type: 'user', id: userId } })

const selectNotes = (app: App) =>
  app.db
    .select({ note: userNotes, author: users })
    .from(userNotes)
    .leftJoin(users, eq(users.id, userNotes.authorId))

type Row = Awaited<ReturnType<typeof selectNotes>>[number]
const toNoteJson = ({ note, author }: Row): NoteJson => ({
  id: note.id,
  body: note.body,
  author: author && { id: author.id, email: author.email, name: author.name },
  created_at: note.createdAt.toISOString(),
})
