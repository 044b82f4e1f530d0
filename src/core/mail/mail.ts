import { eq } from 'drizzle-orm'
import { z } from 'zod'
import type { App } from '../app.ts'
import { defineEvent } from '../events.ts'
import { newId } from '../ids.ts'
import { mails } from './schema.ts'

export type Mail = {
  to: string
  subject: string
  html: string
  text: string
  headers?: Record<string, string>
}

/** Hands one mail over. Resolves with `kept` where there is no server to hand it to. Throws when it was refused. */
export type Mailer = (mail: Mail) => Promise<'sent' | 'kept'>

export const mailQueued = defineEvent('mail.queued', z.object({ mailId: z.string() }))

/** Removes what was sent to an address, as when its account is deleted. */
export async function forgetMails(tx: App, to: string): Promise<void> {
  await tx.db.delete(mails).where(eq(mails.to, to))
}

/** Writes a mail to the outbox, in the transaction of its cause: it is sent if that commits, and only then. */
export async function queueMail(tx: App, template: string, mail: Mail): Promise<void> {
  const now = tx.now()
  const id = newId('eml', now.getTime())
  await tx.db.insert(mails).values({ id, template, createdAt: now, ...mail })
  await tx.jobs.announce(mailQueued, { mailId: id })
}
