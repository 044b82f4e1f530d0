import { and, eq, inArray, isNull } from 'drizzle-orm'
import { type MemberRole, permissionsOf } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { insertRows } from '../../core/db/insert-rows.ts'
import { publishLive } from '../../core/live/live.ts'
import { members, users } from '../accounts/schema.ts'
import { permissionOf, severities } from '../notices/notice-types.ts'
import { type NoticeRow, notices } from '../notices/schema.ts'
import { modeOf } from './mail-modes.ts'
import { mailNotice } from './notice-mails.tsx'
import { alertPreferences, digestEntries, mailModes, notes } from './schema.ts'
import { slackDue } from './slack.ts'

/** Hands a notice to every channel, once: whoever comes second finds that it was done. */
export async function spreadNotice(app: App, noticeId: string): Promise<void> {
  await inTransaction(app, async (tx) => {
    const [notice] = await tx.db
      .update(notices)
      .set({ toldAt: tx.now() })
      .where(and(eq(notices.id, noticeId), isNull(notices.toldAt)))
      .returning()
    if (!notice) return
    const readers = await findReaders(tx, notice)
    const rows = readers.map(({ user }) => ({ userId: user.id, noticeId }))
    await insertRows(tx.db, notes, rows)
    // What happens to a person's account, its own feature mails: always and at once.
    if (permissionOf(notice.type)) await sendAlerts(tx, notice, readers)
    const news = { event: 'notification', data: { id: noticeId } }
    await publishLive(
      tx,
      readers.map(({ user }) => ({ ...news, stream: `user:${user.id}` })),
    )
  })
}

type Reader = { user: typeof users.$inferSelect; role: MemberRole }

/** Whom a notice is for: the person that it is about, or the members whose role lets them see such things. */
async function findReaders(
  tx: App,
  { type, userId, organizationId }: NoticeRow,
): Promise<Reader[]> {
  if (userId) {
    const found = await tx.db.select().from(users).where(eq(users.id, userId))
    return found.map((user) => ({ user, role: 'owner' }))
  }
  const permission = permissionOf(type)
  const rows = await tx.db
    .select({ user: users, role: members.role })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(eq(members.organizationId, organizationId ?? ''))
  return rows.filter(({ role }) => permission && permissionsOf(role).includes(permission))
}

/** By the channels that the organization chose for what is this severe. */
async function sendAlerts(tx: App, notice: NoticeRow, readers: Reader[]): Promise<void> {
  const [chosen] = await tx.db
    .select()
    .from(alertPreferences)
    .where(eq(alertPreferences.organizationId, notice.organizationId ?? ''))
  if (!(chosen?.severities ?? severities).includes(notice.severity)) return
  if (chosen?.isMailed ?? true) await mailReaders(tx, notice, readers)
  if (chosen?.isSlackOn) await tx.jobs.announce(slackDue, { noticeId: notice.id })
}

async function mailReaders(tx: App, notice: NoticeRow, readers: Reader[]): Promise<void> {
  const ids = readers.map(({ user }) => user.id)
  const chosen = await tx.db
    .select()
    .from(mailModes)
    .where(and(inArray(mailModes.userId, ids), eq(mailModes.type, notice.type)))
  for (const { user, role } of readers) {
    if (user.status === 'suspended') continue
    const mode = modeOf(role, chosen.find(({ userId }) => userId === user.id)?.mode)
    if (mode === 'instant') await mailNotice(tx, user, notice)
    if (mode === 'daily')
      await tx.db.insert(digestEntries).values({ userId: user.id, noticeId: notice.id })
  }
}
