import { simpleParser } from 'mailparser'
import { expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { openMailServer } from '../../../test/mail-server.ts'
import { createLog } from '../../core/log.ts'
import { type Mail, queueMail } from '../../core/mail/mail.ts'
import { createMailer } from '../../core/mail/mailer.ts'
import { mails } from '../../core/mail/schema.ts'
import { pruneMails, sendQueuedMail } from './mails.ts'

const mail: Mail = {
  to: 'ada@example.com',
  subject: 'Bonjour, ça va ?',
  html: '<p>Voilà</p>',
  text: 'Voilà',
}

async function queued(app: TestApp, headers?: Record<string, string>) {
  await queueMail(app, 'tests.hello', { ...mail, headers })
  const [row] = await app.db.select().from(mails)
  return row!.id
}

test('a queued mail reaches the server once, as text and as HTML', async () => {
  await using app = await createTestApp()
  await using server = await openMailServer()
  const config = { smtpUrl: server.url, publicUrl: 'https://api.example.com' }
  const id = await queued(app)
  const sender = { ...app, mail: createMailer(config, createLog(app.config)) }
  await sendQueuedMail(sender, id)
  await sendQueuedMail(sender, id)
  expect(server.received).toHaveLength(1)
  const got = await simpleParser(server.received[0]!)
  expect(got.subject).toBe(mail.subject)
  expect(got.text?.trim()).toBe('Voilà')
  expect(got.html).toContain('<p>Voilà</p>')
  expect(got.from?.text).toBe('no-reply@api.example.com')
})

test('the sender and where answers go stand in the address of the mail server', async () => {
  await using app = await createTestApp()
  await using server = await openMailServer()
  const parameters = 'from=Acme%20API%20%3Cno-reply@example.com%3E&reply_to=support@example.com'
  const config = { smtpUrl: `${server.url}?${parameters}`, publicUrl: 'https://api.example.com' }
  const id = await queued(app, { 'Auto-Submitted': 'auto-generated' })
  await sendQueuedMail({ ...app, mail: createMailer(config, createLog(app.config)) }, id)
  const got = await simpleParser(server.received[0]!)
  expect(got.from?.text).toBe('"Acme API" <no-reply@example.com>')
  expect(got.replyTo?.text).toBe('support@example.com')
  expect(got.headers.get('auto-submitted')).toBe('auto-generated')
})

test('a refused mail says why, and is sent by a later try', async () => {
  await using app = await createTestApp()
  await using server = await openMailServer()
  const config = { smtpUrl: server.url, publicUrl: 'https://api.example.com' }
  const id = await queued(app)
  const sender = { ...app, mail: createMailer(config, createLog(app.config)) }
  server.isRefusing = true
  await expect(sendQueuedMail(sender, id)).rejects.toThrow(/not now/)
  const [failed] = await app.db.select().from(mails)
  expect(failed).toMatchObject({ status: 'failed', error: expect.stringContaining('not now') })
  server.isRefusing = false
  await sendQueuedMail(sender, id)
  const [sent] = await app.db.select().from(mails)
  expect(sent).toMatchObject({ status: 'sent', error: null })
})

test('without a mail server mails are kept for the operator alone', async () => {
  await using app = await createTestApp()
  const id = await queued(app)
  const config = { smtpUrl: null, publicUrl: 'https://api.example.com' }
  await sendQueuedMail({ ...app, mail: createMailer(config, createLog(app.config)) }, id)
  const { call, door } = openDoor(app)
  expect((await call('GET', '/admin/mail')).status).toBe(401)
  const list = await call('GET', '/admin/mail', { token: app.adminToken })
  expect(list.body.data).toMatchObject([{ id, status: 'kept', subject: mail.subject }])
  const ask = async (to: string) =>
    (await call('GET', `/admin/mail?to=${to}`, { token: app.adminToken })).body.data.length
  expect([await ask('ADA@exam'), await ask('bob'), await ask('%25')]).toEqual([1, 0, 0])
  const html = await door.request(`/admin/mail/${id}/html`, {
    headers: { authorization: `Bearer ${app.adminToken}`, 'x-forwarded-for': '198.51.100.7' },
  })
  expect(await html.text()).toBe(mail.html)
  expect(html.headers.get('content-security-policy')).toMatch(/^sandbox/)
})

test('the last thousand mails of thirty days are kept, and what is still to be sent', async () => {
  await using app = await createTestApp({ now: '2026-03-01T00:00:00Z' })
  const row = (id: string, createdAt: string, status: 'sent' | 'queued') => ({
    ...{ id, ...mail, template: 'tests.hello', createdAt: new Date(createdAt), status },
  })
  await app.db
    .insert(mails)
    .values([
      row('eml_old', '2026-01-20T00:00:00Z', 'sent'),
      row('eml_waiting', '2026-01-20T00:00:00Z', 'queued'),
      ...Array.from({ length: 1001 }, (_, i) =>
        row(`eml_${String(i).padStart(4, '0')}`, '2026-02-20T00:00:00Z', 'sent'),
      ),
    ])
  await pruneMails(app)
  const left = (await app.db.select({ id: mails.id }).from(mails)).map(({ id }) => id)
  expect(left).toHaveLength(1001)
  expect(left).toContain('eml_waiting')
  expect(left).not.toContain('eml_old')
  expect(left).not.toContain('eml_0000')
})
