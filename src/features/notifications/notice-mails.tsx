import type { App } from '../../core/app.ts'
import { queueMail } from '../../core/mail/mail.ts'
import { renderDigestMail, renderNoticeMail } from '../../ui/mail.tsx'
import { type Addressee, mailFrameOf, portalUrlOf } from '../accounts/user-mails.tsx'
import type { NoticeRow } from '../notices/schema.ts'

/** Queues a mail of a notice, in the reader's language. */
export async function mailNotice(tx: App, reader: Addressee, notice: NoticeRow): Promise<void> {
  const frame = await mailFrameOf(tx, reader)
  const mail = await renderNoticeMail(frame, await portalUrlOf(tx), notice)
  await queueMail(tx, `notices.${notice.type}`, { to: reader.email, ...mail })
}

/** Queues the mail of a day's notices. */
export async function mailDigest(tx: App, reader: Addressee, rows: NoticeRow[]): Promise<void> {
  const frame = await mailFrameOf(tx, reader)
  const said = rows.map(({ type, data, createdAt }) => ({ type, data, time: createdAt }))
  const mail = await renderDigestMail(frame, await portalUrlOf(tx), said)
  await queueMail(tx, 'notices.digest', { to: reader.email, ...mail })
}
