import { simpleParser } from 'mailparser'
import { expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { runAnnounced } from '../../../test/jobs.ts'
import { openMailServer } from '../../../test/mail-server.ts'
import { makeCustomer, signInAs, system } from '../../../test/make.ts'
import { createLog } from '../../core/log.ts'
import { createMailer } from '../../core/mail/mailer.ts'
import { mails } from '../../core/mail/schema.ts'
import { setUserPassword } from '../accounts/users.ts'
import { auditLog } from '../audit/schema.ts'
import { issueKey } from '../keys/issue-key.ts'
import { sendDigests } from './digests.ts'
import { getMailModes, updateMailModes } from './mail-modes.ts'
import { sendQueuedMail } from './mails.ts'
import { digestEntries } from './schema.ts'
import { findUnsubscription, stopMails, unsubscribeUrlOf } from './unsubscribe.ts'

const tokenOf = (link: string) => new URL(link).searchParams.get('token')!

/** What a mail program does when its reader presses its own button. */
async function pressOneClick(app: TestApp, link: string, form: Record<string, string>) {
  const { pathname, search } = new URL(link)
  const { door } = openDoor(app)
  return door.request(pathname + search, {
    method: 'POST',
    headers: { origin: 'https://webmail.example', 'x-forwarded-for': '203.0.113.9' },
    body: new URLSearchParams(form),
  })
}
const oneClick = { 'List-Unsubscribe': 'One-Click' }

test('the button of a mail program stops mails of that kind and no others, without a sign-in', async () => {
  await using app = await createTestApp()
  await using server = await openMailServer()
  const ada = await makeCustomer(app)
  await issueKey(app, ada, { name: 'first' })
  await runAnnounced(app)
  const config = { smtpUrl: server.url, publicUrl: 'https://api.example.com' }
  const [queued] = await app.db.select().from(mails)
  await sendQueuedMail({ ...app, mail: createMailer(config, createLog(app.config)) }, queued!.id)
  const raw = server.received[0]!
  expect(raw).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click')
  const { text, html } = await simpleParser(raw)
  const [, link] = /^List-Unsubscribe: +<(\S+)>\r$/m.exec(raw.replaceAll('\r\n ', ' '))!
  expect(link).toMatch(/^http:\/\/apigate\.test\/auth\/unsubscribe\?token=[\w-]+\.[\w-]{43}$/)
  expect(text).toContain(`Stop mails like this:\n${link}`)
  expect(html).toContain(`href="${link}"`)

  expect((await pressOneClick(app, link!, {})).status).toBe(422)
  expect(await getMailModes(app, ada)).toMatchObject({ 'key.created': 'instant' })
  for (let press = 0; press < 2; press++)
    expect((await pressOneClick(app, link!, oneClick)).status).toBe(200)
  const token = await signInAs(app, ada)
  const { body } = await openDoor(app).call('GET', '/api/portal/notifications/preferences', {
    token,
  })
  expect(body.email).toMatchObject({ 'key.created': 'off', 'key.expiring': 'instant' })
  await issueKey(app, ada, { name: 'second' })
  await runAnnounced(app)
  expect(await app.db.select().from(mails)).toHaveLength(1)
  const rows = await app.db.select().from(auditLog)
  expect(rows.filter(({ action }) => action === 'profile.mail_modes_changed')).toMatchObject([
    {
      ...{ actorType: 'anonymous', targetId: ada.userId, ip: '203.0.113.9' },
      changes: { 'key.created': { from: null, to: 'off' } },
    },
  ])
})

test('a link opens nothing for another person, another kind or another server', async () => {
  await using app = await createTestApp()
  const [ada, bob] = [await makeCustomer(app), await makeCustomer(app)]
  const [subject, mac] = tokenOf(unsubscribeUrlOf(app, ada.userId, 'key.created')!).split('.')
  const [bobs] = tokenOf(unsubscribeUrlOf(app, bob.userId, 'key.created')!).split('.')
  const [kind] = tokenOf(unsubscribeUrlOf(app, ada.userId, 'plan.changed')!).split('.')
  const elsewhere = unsubscribeUrlOf({ ...app, secret: 'another' }, ada.userId, 'key.created')!
  const forged = [
    ...['', '.', `${bobs}.${mac}`, `${kind}.${mac}`, `${subject}.`, `${subject}.${mac}x`],
    tokenOf(elsewhere),
  ]
  for (const token of forged) {
    expect(await findUnsubscription(app, token)).toBeNull()
    const link = `http://apigate.test/auth/unsubscribe?token=${token}`
    expect((await pressOneClick(app, link, oneClick)).status).toBe(422)
  }
  for (const person of [ada, bob])
    expect(Object.values(await getMailModes(app, person))).not.toContain('off')
})

test('mails about an account never have the link, and every other mail has', async () => {
  await using app = await createTestApp({ now: '2026-11-10T10:00:00Z' })
  const ada = await makeCustomer(app)
  await updateMailModes(app, ada, { 'key.created': 'daily' })
  await issueKey(app, ada, { name: 'first' })
  await setUserPassword(app, system, ada.userId, 'another long sentence')
  await runAnnounced(app)
  app.setNow('2026-11-11T09:00:00Z')
  await sendDigests(app)
  const sent = await app.db.select().from(mails)
  const linked = sent.map(({ template, headers }) => [template, 'List-Unsubscribe' in headers])
  expect(linked.sort()).toEqual([
    ['accounts.passwordChanged', false],
    ['notices.digest', true],
  ])
  expect(unsubscribeUrlOf(app, ada.userId, 'account.new_sign_in')).toBeUndefined()
})

test('the link of the daily mail stops what comes daily, also what waits; all is stopped at once, too', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  await updateMailModes(app, ada, { 'key.created': 'daily' })
  await issueKey(app, ada, { name: 'first' })
  await runAnnounced(app)
  expect(await app.db.select().from(digestEntries)).toHaveLength(1)
  const token = tokenOf(unsubscribeUrlOf(app, ada.userId, 'digest')!)
  const nobody = { type: 'anonymous', ip: null } as const
  expect(await findUnsubscription(app, token)).toMatchObject({
    ...{ email: ada.email, isOff: { these: false, all: false } },
  })
  await stopMails(app, nobody, { token, which: 'these' })
  expect(await app.db.select().from(digestEntries)).toEqual([])
  expect(await getMailModes(app, ada)).toMatchObject({
    ...{ 'key.created': 'off', 'plan.changed': 'instant' },
  })
  expect(await findUnsubscription(app, token)).toMatchObject({
    isOff: { these: true, all: false },
  })
  await stopMails(app, nobody, { token, which: 'all' })
  expect(new Set(Object.values(await getMailModes(app, ada)))).toEqual(new Set(['off']))
  expect(await findUnsubscription(app, token)).toMatchObject({ isOff: { these: true, all: true } })
})
