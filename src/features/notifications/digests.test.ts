import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { runAnnounced } from '../../../test/jobs.ts'
import { makeCustomer } from '../../../test/make.ts'
import { mails } from '../../core/mail/schema.ts'
import { users } from '../accounts/schema.ts'
import { issueKey } from '../keys/issue-key.ts'
import { sendDigests } from './digests.ts'
import { updateMailModes } from './mail-modes.ts'

test('a day’s notices come in one mail, at eight where the reader lives, and never an empty one', async () => {
  await using app = await createTestApp({ now: '2026-11-10T10:00:00Z' })
  const [ada, yuki] = [await makeCustomer(app), await makeCustomer(app)]
  await app.db.update(users).set({ timezone: 'Asia/Tokyo' }).where(eq(users.id, yuki.userId))
  for (const person of [ada, yuki]) {
    await updateMailModes(app, person, { 'key.created': 'daily' })
    for (const name of ['first', 'second']) await issueKey(app, person, { name })
  }
  await runAnnounced(app)
  const digests = async () => (await app.db.select().from(mails)).map(({ to }) => to)
  await sendDigests(app)
  app.setNow('2026-11-10T22:59:00Z')
  await sendDigests(app)
  expect(await digests()).toEqual([])
  app.setNow('2026-11-10T23:00:00Z')
  await Promise.all([sendDigests(app), sendDigests(app)])
  expect(await digests()).toEqual([yuki.email])
  // The hour was missed, and the mail comes all the same.
  app.setNow('2026-11-11T11:00:00Z')
  await sendDigests(app)
  await sendDigests(app)
  expect((await digests()).sort()).toEqual([ada.email, yuki.email].sort())
  const [mail] = await app.db.select().from(mails).where(eq(mails.to, yuki.email))
  expect(mail!.subject).toBe('Today at Apigate: 2 notices')
  expect(mail!.text).toContain('Nov 10, 7:00 PM GMT+9: New API key “first”')
})
