import { z } from '@hono/zod-openapi'
import { and, desc, eq, ilike, sql } from 'drizzle-orm'
import { type Actor, requireAdmin } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { escapeLike } from '../../core/db/like.ts'
import { notFound } from '../../core/errors.ts'
import {
  decodeTimeCursor,
  isAfter,
  type Page,
  PageQuery,
  toPage,
} from '../../core/http/pagination.ts'
import { type MailRow, mails } from '../../core/mail/schema.ts'

const kept = 1000
const keptMs = 30 * 86_400_000

export const ListMails = PageQuery.extend({
  /** Part of the recipient's address. */
  to: z.string().trim().max(254).optional(),
})
export type ListMails = z.infer<typeof ListMails>

export const MailJson = z
  .object({
    id: z.string(),
    time: z.string(),
    to: z.string(),
    subject: z.string(),
    template: z.string(),
    html: z.string(),
    text: z.string(),
    headers: z.record(z.string(), z.string()),
    status: z.enum(['queued', 'sent', 'kept', 'failed']),
    error: z.string().nullable(),
  })
  .openapi('Mail')
export type MailJson = z.infer<typeof MailJson>

/** The last mails, newest first. They hold links that open accounts: for the operator alone. */
export async function listMails(app: App, actor: Actor, query: ListMails): Promise<Page<MailJson>> {
  requireAdmin(actor)
  const part = query.to && `%${escapeLike(query.to)}%`
  const rows = await app.db
    .select()
    .from(mails)
    .where(
      and(
        part ? ilike(mails.to, part) : undefined,
        isAfter(decodeTimeCursor(query.cursor), mails.createdAt, mails.id),
      ),
    )
    .orderBy(desc(mails.createdAt), desc(mails.id))
    .limit(query.limit + 1)
  const page = toPage(rows, query.limit, (row) => [row.createdAt.getTime(), row.id])
  return { ...page, data: page.data.map(toMailJson) }
}

export async function getMail(app: App, actor: Actor, id: string): Promise<MailJson> {
  requireAdmin(actor)
  const [row] = await app.db.select().from(mails).where(eq(mails.id, id))
  if (!row) throw notFound('mail')
  return toMailJson(row)
}

/** Hands a queued mail over. Throws when it was refused, so that the queue tries again; `sent` ones stay sent. */
export async function sendQueuedMail(app: App, id: string): Promise<void> {
  const [mail] = await app.db.select().from(mails).where(eq(mails.id, id))
  if (!mail || mail.status === 'sent' || mail.status === 'kept') return
  const { to, subject, html, text, headers } = mail
  try {
    const status = await app.mail({ to, subject, html, text, headers })
    await setStatus(app, id, { status, error: null, sentAt: app.now() })
  } catch (error) {
    await setStatus(app, id, { status: 'failed', error: (error as Error).message.slice(0, 500) })
    throw error
  }
}

async function setStatus(app: App, id: string, change: Partial<MailRow>): Promise<void> {
  await app.db.update(mails).set(change).where(eq(mails.id, id))
}

/** Forgets all but the last thousand, and what is older than thirty days. */
export async function pruneMails(app: App): Promise<void> {
  const oldest = new Date(app.now().getTime() - keptMs)
  await app.db.execute(sql`
    delete from ${mails} where status <> 'queued' and (created_at < ${oldest.toISOString()} or id not in (
      select id from ${mails} order by created_at desc, id desc limit ${kept}))`)
}

function toMailJson({ createdAt, sentAt, ...row }: MailRow): MailJson {
  return { ...row, time: createdAt.toISOString() }
}
