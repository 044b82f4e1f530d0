import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { runAnnounced } from '../../../test/jobs.ts'
import { makeCustomer, makeMember, system } from '../../../test/make.ts'
import { mails } from '../../core/mail/schema.ts'
import { registerCustomer } from '../accounts/registration.ts'
import { deleteUser } from '../accounts/remove-user.ts'
import { findUser } from '../accounts/user-rows.ts'
import { setUserPassword, updateUser } from '../accounts/users.ts'
import { issueKey } from '../keys/issue-key.ts'
import { warnOfExpiry } from '../keys/key-notices.ts'
import { rotateKey } from '../keys/rotate-key.ts'
import { notices } from '../notices/schema.ts'
import { createPlan } from '../plans/plans.ts'
import { openSession } from '../sessions/sign-in.ts'
import { getMailModes, updateMailModes } from './mail-modes.ts'
import { countUnread, listNotes, readAllNotes, readNote } from './notes.ts'
import { digestEntries } from './schema.ts'
import { spreadNotice } from './spread-notice.ts'

const all = { limit: 20 }

test('a new key is told once to those who may see keys, and mailed to the owner', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const [developer, billing] = [
    await makeMember(app, ada, 'developer'),
    await makeMember(app, ada, 'billing'),
  ]
  const stranger = await makeCustomer(app)
  const { id } = await issueKey(app, ada, { name: 'first' })
  await runAnnounced(app)
  const [notice] = await app.db.select().from(notices)
  await spreadNotice(app, notice!.id)

  const { data } = await listNotes(app, ada, all)
  expect(data).toMatchObject([
    { type: 'key.created', severity: 'info', data: { key_id: id, name: 'first' }, read_at: null },
  ])
  expect((await listNotes(app, developer, all)).data).toHaveLength(1)
  for (const other of [billing, stranger])
    expect((await listNotes(app, other, all)).data).toEqual([])
  const sent = await app.db.select().from(mails)
  expect(sent.map(({ to, template }) => [to, template])).toEqual([
    [ada.email, 'notices.key.created'],
  ])
  expect(sent[0]!.text).toContain(`/portal/keys/${id}`)
  expect(JSON.stringify([sent, data])).not.toMatch(/ak_live_[0-9A-Za-z]{49}/)
})

test('a note is read by its reader alone, one by one or all at once', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const viewer = await makeMember(app, ada, 'viewer')
  const stranger = await makeCustomer(app)
  for (const name of ['a', 'b', 'c']) await issueKey(app, ada, { name })
  await runAnnounced(app)
  const first = await listNotes(app, ada, { limit: 2 })
  const rest = await listNotes(app, ada, { limit: 2, cursor: first.next_cursor! })
  const names = [...first.data, ...rest.data].map(({ data }) => data.name)
  expect([names, rest.next_cursor]).toEqual([['c', 'b', 'a'], null])

  await readNote(app, ada, first.data[0]!.id)
  await readNote(app, ada, first.data[0]!.id)
  expect([await countUnread(app, ada), await countUnread(app, viewer)]).toEqual([2, 3])
  await expect(readNote(app, stranger, first.data[1]!.id)).rejects.toMatchObject({ status: 404 })
  // In an organization of their own they see nothing of this one.
  const atHome = {
    ...viewer,
    organizationId: viewer.ownOrganizationId,
    memberRole: 'owner' as const,
  }
  expect(await countUnread(app, atHome)).toBe(0)
  await readAllNotes(app, atHome)
  await readAllNotes(app, ada)
  expect([await countUnread(app, ada), await countUnread(app, viewer)]).toEqual([0, 3])
  expect((await listNotes(app, ada, { ...all, unread: 'true' })).data).toEqual([])
})

test('each person chooses how they are mailed, within what their role lets them see', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const developer = await makeMember(app, ada, 'developer')
  const billing = await makeMember(app, ada, 'billing')
  await updateMailModes(app, ada, { 'key.created': 'off' })
  await updateMailModes(app, developer, { 'key.created': 'instant' })
  expect(await getMailModes(app, developer)).toMatchObject({
    ...{ 'key.created': 'instant', 'quota.warning': 'off' },
  })
  expect(Object.keys(await getMailModes(app, billing))).not.toContain('key.created')
  await issueKey(app, ada, { name: 'first' })
  await runAnnounced(app)
  expect((await app.db.select().from(mails)).map(({ to }) => to)).toEqual([developer.email])
  await updateMailModes(app, ada, { 'key.created': 'daily' })
  await issueKey(app, ada, { name: 'second' })
  await runAnnounced(app)
  expect((await app.db.select().from(digestEntries)).map(({ userId }) => userId)).toEqual([
    ada.userId,
  ])
  expect(await countUnread(app, ada)).toBe(2)
})

test('what happens to an account is in its owner’s centre, and mailed by its own mail alone', async () => {
  await using app = await createTestApp()
  const { user, organizationId } = await registerCustomer(
    app,
    { type: 'anonymous', ip: null },
    { email: 'ada@example.com', password: 'a sentence that is long enough' },
  )
  const plan = await createPlan(app, system, { name: 'Pro' })
  await updateUser(app, system, user.id, { plan_id: plan.id })
  await setUserPassword(app, system, user.id, 'another long sentence')
  await runAnnounced(app)
  const rows = await app.db.select().from(notices)
  expect(rows.map(({ type }) => type).sort()).toEqual([
    ...['account.password_changed', 'account.registered', 'plan.changed'],
  ])
  expect(rows.every((row) => row.organizationId === organizationId)).toBe(true)
  const sent = await app.db.select().from(mails)
  expect(sent.map(({ template }) => template).sort()).toEqual([
    ...['accounts.passwordChanged', 'accounts.welcome', 'notices.plan.changed'],
  ])
  await deleteUser(app, system, user.id)
  await runAnnounced(app)
  expect(await app.db.select().from(notices)).toEqual([])
})

test('a program that never signed in before is told of, and only then', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  for (const userAgent of ['curl/8', 'curl/8', 'Mozilla/5.0 (X11; Linux) Firefox/140.0']) {
    const user = (await findUser(app, ada.userId))!
    await openSession(app, user, { ip: '203.0.113.9', userAgent })
  }
  await runAnnounced(app)
  expect((await listNotes(app, ada, all)).data).toMatchObject([
    { type: 'account.new_sign_in', data: { device: 'Firefox, Linux', ip: '203.0.113.9' } },
  ])
})

test('a key that expires within a week is told of once, unless it was made for less or has a successor', async () => {
  await using app = await createTestApp({ now: '2026-11-01T00:00:00Z' })
  const ada = await makeCustomer(app)
  const expiring = (name: string, expires_at: string) => issueKey(app, ada, { name, expires_at })
  await expiring('soon', '2026-11-20T00:00:00Z')
  await expiring('short', '2026-11-05T00:00:00Z')
  await expiring('late', '2026-12-20T00:00:00Z')
  const former = await expiring('rotated', '2026-11-20T00:00:00Z')
  const { id } = await rotateKey(app, ada, former.id, 20 * 86_400)
  await app.db.delete(notices)
  await warnOfExpiry(app)
  expect(await app.db.select().from(notices)).toEqual([])
  app.setNow('2026-11-14T00:00:00Z')
  await Promise.all([warnOfExpiry(app), warnOfExpiry(app)])
  await warnOfExpiry(app)
  const told = await app.db.select().from(notices)
  expect(told.map(({ type, data }) => [type, data.name]).sort()).toEqual([
    ['key.expiring', 'rotated'],
    ['key.expiring', 'soon'],
  ])
  expect(told.map(({ data }) => data.key_id)).toContain(id)
})
