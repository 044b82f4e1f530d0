import { eq, inArray, sql } from 'drizzle-orm'
import { type App, inTransaction } from '../../core/app.ts'
import { type User, users } from '../accounts/schema.ts'
import { notices } from '../notices/schema.ts'
import { mailDigest } from './notice-mails.tsx'
import { digestEntries } from './schema.ts'

/**
 * Mails what waits for it to everybody where it has struck eight in the morning since. Who has
 * nothing waiting gets no mail.
 */
export async function sendDigests(app: App): Promise<void> {
  const { rows } = await app.db.execute<{ id: string }>(sql`
    select distinct users.id from digest_entries
    join users on users.id = digest_entries.user_id
    join notices on notices.id = digest_entries.notice_id
    cross join lateral (
      select ${app.now()}::timestamptz at time zone coalesce(users.timezone, 'UTC') as local
    ) as clock
    where local::time >= '08:00' and notices.created_at <
      (date_trunc('day', local) + interval '8 hours') at time zone coalesce(users.timezone, 'UTC')`)
  for (const { id } of rows) await sendDigest(app, id)
}

async function sendDigest(app: App, userId: string): Promise<void> {
  await inTransaction(app, async (tx) => {
    const [reader] = await tx.db.select().from(users).where(eq(users.id, userId))
    const waiting = await tx.db
      .delete(digestEntries)
      .where(eq(digestEntries.userId, userId))
      .returning({ noticeId: digestEntries.noticeId })
    if (!isReachable(reader) || waiting.length === 0) return
    const ids = waiting.map(({ noticeId }) => noticeId)
    const rows = await tx.db
      .select()
      .from(notices)
      .where(inArray(notices.id, ids))
      .orderBy(notices.id)
    await mailDigest(tx, reader, rows)
  })
}

const isReachable = (reader: User | undefined): reader is User =>
  reader !== undefined && reader.status !== 'suspended'
