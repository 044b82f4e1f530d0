import { z } from '@hono/zod-openapi'
import { eq } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { isSame, sign } from '../../core/secret.ts'
import { users } from '../accounts/schema.ts'
import { recordUserAudit } from '../accounts/user-audit.ts'
import type { NoticeType } from '../notices/notice-types.ts'
import { choosable, writeMailModes } from './mail-modes.ts'
import { mailModes } from './schema.ts'

/** Which mails a link stops: those of one kind of notice, or the daily ones. */
export type MailTopic = NoticeType | 'digest'

export const StopMails = z.strictObject({
  token: z.string(),
  which: z.enum(['these', 'all']),
})
export type StopMails = z.infer<typeof StopMails>

/**
 * The address that stops such mails to a reader, without a sign-in, for as long as the mail is kept;
 * undefined for what is mailed always.
 */
export function unsubscribeUrlOf(app: App, userId: string, topic: MailTopic): string | undefined {
  if (topic !== 'digest' && !choosable.includes(topic)) return undefined
  const subject = Buffer.from(JSON.stringify([userId, topic])).toString('base64url')
  return `${app.config.publicUrl}/auth/unsubscribe?token=${subject}.${macOf(app, subject)}`
}

const macOf = (app: App, subject: string) => sign(app.secret, 'unsubscribe', subject)

export type Unsubscription = {
  email: string
  topic: MailTopic
  /** These are stopped, and all that can be. */
  isOff: { these: boolean; all: boolean }
}

/** What a mail's link would stop, and what is stopped already; null for a link that is none of ours. */
export async function findUnsubscription(app: App, token: string): Promise<Unsubscription | null> {
  const link = readToken(app, token)
  const reader = link && (await findReader(app, link.userId))
  if (!reader) return null
  const { topic } = link
  const isOff = {
    these: affected(topic, 'these', reader.modes).length === 0,
    all: affected(topic, 'all', reader.modes).length === 0,
  }
  return { email: reader.email, topic, isOff }
}

/**
 * Stops the mails that the link of a mail is for, or all that can be stopped. Whoever has the link
 * may; doing it twice does nothing.
 * @throws AppError `token_invalid`.
 */
export async function stopMails(app: App, actor: Actor, { token, which }: StopMails) {
  const link = readToken(app, token)
  await inTransaction(app, async (tx) => {
    const reader = link && (await findReader(tx, link.userId, { lock: true }))
    if (!reader) throw linkBroken()
    const { userId, topic } = link
    const types = affected(topic, which, reader.modes)
    if (types.length === 0) return
    await writeMailModes(tx, userId, Object.fromEntries(types.map((type) => [type, 'off'])))
    const changes = types.map((type) => [type, { from: reader.modes.get(type) ?? null, to: 'off' }])
    const action = 'profile.mail_modes_changed'
    await recordUserAudit(tx, actor, userId, action, Object.fromEntries(changes))
  })
}

type Modes = Map<NoticeType, string>

/** The kinds of notices that would be mailed another way than now. */
function affected(topic: MailTopic, which: StopMails['which'], modes: Modes): NoticeType[] {
  const meant = choosable.filter((type) => {
    if (which === 'all') return true
    return topic === 'digest' ? modes.get(type) === 'daily' : type === topic
  })
  return meant.filter((type) => modes.get(type) !== 'off')
}

async function findReader(app: App, userId: string, { lock = false } = {}) {
  const find = app.db.select({ email: users.email }).from(users).where(eq(users.id, userId))
  const [user] = await (lock ? find.for('update') : find)
  if (!user) return
  const rows = await app.db.select().from(mailModes).where(eq(mailModes.userId, userId))
  return { ...user, modes: new Map(rows.map(({ type, mode }) => [type, mode])) as Modes }
}

/** Mails are kept for years: a kind of notice may be gone meanwhile. */
const Subject = z.tuple([z.string(), z.enum([...choosable, 'digest'])])

function readToken(app: App, token: string): { userId: string; topic: MailTopic } | null {
  const [subject = '', mac = ''] = token.split('.')
  if (!isSame(mac, macOf(app, subject))) return null
  const read = Subject.safeParse(JSON.parse(Buffer.from(subject, 'base64url').toString()))
  return read.success ? { userId: read.data[0], topic: read.data[1] } : null
}

function linkBroken(): AppError {
  return new AppError('invalid', 'token_invalid', 'This link is not whole, or its account is gone.')
}
