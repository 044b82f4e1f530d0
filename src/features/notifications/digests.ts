import { eq, inArray, min } from 'drizzle-orm'
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
  const waiting = await app.db
    .select({ id: users.id, timezone: users.timezone, since: min(notices.createdAt) })
    .from(digestEntries)
    .innerJoin(users, eq(users.id, digestEntries.userId))
    .innerJoin(notices, eq(notices.id, digestEntries.noticeId))
    .groupBy(users.id)
  const now = app.now().getTime()
  for (const { id, timezone, since } of waiting)
    if (since!.getTime() < lastEight(now, timezone ?? 'UTC')) await sendDigest(app, id)
}

/** When it last struck eight in the morning in a time zone. Epoch milliseconds. */
function lastEight(now: number, timeZone: string): number {
  const today = Temporal.Instant.fromEpochMilliseconds(now)
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
  const eightOn = (day: Temporal.PlainDate) =>
    day.toZonedDateTime({ timeZone, plainTime: '08:00' }).epochMilliseconds
  return eightOn(today) <= now ? eightOn(today) : eightOn(today.subtract({ days: 1 }))
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
