import { eq } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { queueMail } from '../../core/mail/mail.ts'
import { renderDigestMail, renderNoticeMail, sayNoticeIn } from '../../ui/mail.tsx'
import { organizations, users } from '../accounts/schema.ts'
import { type Addressee, mailFrameOf, portalUrlOf } from '../accounts/user-mails.tsx'
import type { NoticeRow } from '../notices/schema.ts'
import { type MailTopic, unsubscribeUrlOf } from './unsubscribe.ts'

type Reader = Addressee & { id: string }

/** Queues a mail of a notice, in the reader's language. */
export async function mailNotice(tx: App, reader: Reader, notice: NoticeRow): Promise<void> {
  const frame = await mailFrameOf(tx, reader)
  const mail = await renderNoticeMail(frame, await placesOf(tx, reader, notice.type), notice)
  await queueMail(tx, `notices.${notice.type}`, { to: reader.email, ...mail })
}

/** Queues the mail of a day's notices. */
export async function mailDigest(tx: App, reader: Reader, rows: NoticeRow[]): Promise<void> {
  const frame = await mailFrameOf(tx, reader)
  const said = rows.map(({ type, data, createdAt }) => ({ type, data, time: createdAt }))
  const mail = await renderDigestMail(frame, await placesOf(tx, reader, 'digest'), said)
  await queueMail(tx, 'notices.digest', { to: reader.email, ...mail })
}

async function placesOf(tx: App, reader: Reader, topic: MailTopic) {
  const unsubscribe = unsubscribeUrlOf(tx, reader.id, topic)
  return { portal: await portalUrlOf(tx), unsubscribe }
}

const marks = { info: ':information_source:', warning: ':warning:', critical: ':rotating_light:' }

/** A notice as Slack writes it, in the language of the organization's owner. */
export async function writeForSlack(app: App, notice: NoticeRow): Promise<string> {
  const [owner] = await app.db
    .select({ name: users.name, locale: users.locale, timezone: users.timezone })
    .from(organizations)
    .innerJoin(users, eq(users.id, organizations.ownerId))
    .where(eq(organizations.id, notice.organizationId ?? ''))
  const frame = await mailFrameOf(app, owner ?? { name: '', locale: null, timezone: null })
  const { title, text, path } = sayNoticeIn(frame, notice)
  const link = (await portalUrlOf(app)) + path
  return `${marks[notice.severity]} *${escapeForSlack(title)}*\n${escapeForSlack(text)}\n<${link}>`
}

/** Slack reads these three; a key may be named like a link or a call to everybody. */
const escapeForSlack = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
