import { desc } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { runAnnounced } from '../../../test/jobs.ts'
import { makeCustomer, signInAs } from '../../../test/make.ts'
import { mails } from '../../core/mail/schema.ts'
import { hasPassword } from '../accounts/passwords.ts'
import { identities } from '../accounts/schema.ts'
import { suspendUser } from '../accounts/users.ts'
import { setSetting } from '../settings/settings.ts'

const system = { type: 'system' } as const
const ada = { email: 'ada@example.com', password: 'correct horse battery' }
const fresh = 'a wholly different sentence'

/** The last mail of a kind: its recipient and the token in its link. */
async function lastMail(app: TestApp, template: string, to = ada.email) {
  await runAnnounced(app)
  const rows = await app.db.select().from(mails).orderBy(desc(mails.createdAt), desc(mails.id))
  const mail = rows.find((row) => row.template === `accounts.${template}` && row.to === to)
  const token = decodeURIComponent(/token=([\w.%-]+)/.exec(mail?.text ?? '')?.[1] ?? '')
  return { ...mail, token, count: rows.length }
}

const names = async (app: TestApp) =>
  (await app.db.select({ name: mails.template }).from(mails)).map(({ name }) => name)

async function registerPending(app: TestApp) {
  await setSetting(app, system, 'require_email_verification', true)
  const { call } = openDoor(app)
  const answer = await call('POST', '/api/portal/auth/register', { body: ada })
  return { call, answer }
}

test('an account waits until its address is confirmed, and the link may be opened twice', async () => {
  await using app = await createTestApp()
  const { call, answer } = await registerPending(app)
  expect(answer).toMatchObject({
    status: 201,
    body: { verification_required: true, user: { status: 'pending', email_verified_at: null } },
  })
  expect(answer.body.token).toBeUndefined()

  const { token } = await lastMail(app, 'verify')
  const login = await call('POST', '/api/portal/auth/login', { body: ada })
  expect(login.status).toBe(200)
  const refused = await call('POST', '/api/portal/keys', {
    token: login.body.token,
    body: { name: 'early' },
  })
  expect(refused).toMatchObject({ status: 403, body: { code: 'email_unverified' } })

  for (const _ of [1, 2]) {
    const verified = await call('GET', `/auth/verify-email?token=${token}`)
    expect(verified).toMatchObject({ status: 200, body: { verified: true } })
  }
  const session = await call('GET', '/api/portal/auth/session', { token: login.body.token })
  expect(session.body.user.status).toBe('active')
  expect((await names(app)).filter((name) => name === 'accounts.welcome')).toHaveLength(1)
})

test('registering an address that is taken answers the same, and tells its owner alone', async () => {
  await using app = await createTestApp()
  const { call, answer: first } = await registerPending(app)
  const again = await call('POST', '/api/portal/auth/register', {
    body: { ...ada, password: fresh },
  })
  expect(again.status).toBe(201)
  expect(Object.keys(again.body).sort()).toEqual(Object.keys(first.body).sort())
  expect(Object.keys(again.body.user).sort()).toEqual(Object.keys(first.body.user).sort())
  expect((await lastMail(app, 'taken')).text).toContain('http://apigate.test/portal/login')
  expect((await call('POST', '/api/portal/auth/login', { body: ada })).status).toBe(200)
})

test('a link that is wrong, too old or of another kind confirms nothing', async () => {
  await using app = await createTestApp({ now: '2026-03-01T10:00:00Z' })
  const { call } = await registerPending(app)
  const { token } = await lastMail(app, 'verify')
  const [id] = token.split('.')
  const open = (given: string) => call('GET', `/auth/verify-email?token=${given}`)
  for (const wrong of ['x', `${id}.`, `${id}.AAAA`, `${token}x`]) {
    expect(await open(wrong)).toMatchObject({ status: 422, body: { code: 'token_invalid' } })
  }
  const asReset = await call('POST', '/auth/reset-password', {
    body: { token, password: fresh },
  })
  expect(asReset.body.code).toBe('token_invalid')
  app.setNow('2026-03-02T10:00:01Z')
  expect((await open(token)).body.code).toBe('token_invalid')
})

test('asking again sends another link and ends the first; a stranger’s address gets nothing', async () => {
  await using app = await createTestApp()
  const { call } = await registerPending(app)
  const first = await lastMail(app, 'verify')
  const resend = (email: string) => call('POST', '/auth/resend-verification', { body: { email } })
  expect((await resend('nobody@example.com')).status).toBe(202)
  expect((await lastMail(app, 'verify')).count).toBe(first.count)
  expect((await resend(ada.email)).status).toBe(202)
  const second = await lastMail(app, 'verify')
  expect(second.token).not.toBe(first.token)
  expect((await call('GET', `/auth/verify-email?token=${first.token}`)).status).toBe(422)
  expect((await call('GET', `/auth/verify-email?token=${second.token}`)).status).toBe(200)
})

test('confirming an address does not lift a suspension', async () => {
  await using app = await createTestApp()
  const { call } = await registerPending(app)
  const { token } = await lastMail(app, 'verify')
  await suspendUser(app, system, ada.email)
  await call('GET', `/auth/verify-email?token=${token}`)
  const login = await call('POST', '/api/portal/auth/login', { body: ada })
  expect(login.body.user.status).toBe('suspended')
})

test('a forgotten password is replaced once, and every session ends', async () => {
  await using app = await createTestApp()
  const customer = await makeCustomer(app)
  const { call } = openDoor(app)
  const session = await signInAs(app, customer)
  const asked = await call('POST', '/auth/forgot-password', { body: { email: customer.email } })
  const stranger = await call('POST', '/auth/forgot-password', {
    body: { email: 'no@example.com' },
  })
  expect([asked.status, asked.body]).toEqual([stranger.status, stranger.body])

  const { token, text } = await lastMail(app, 'reset', customer.email)
  expect(text).toContain('http://apigate.test/auth/reset-password?token=')
  const reset = (password: string) =>
    call('POST', '/auth/reset-password', { body: { token, password } })
  expect(await reset('short')).toMatchObject({ status: 422, body: { code: 'validation_error' } })
  const answers = await Promise.all([reset(fresh), reset(fresh)])
  expect(answers.map(({ status }) => status).sort()).toEqual([204, 422])
  expect((await call('GET', '/api/portal/auth/session', { token: session })).status).toBe(401)
  const login = { email: customer.email, password: fresh }
  expect((await call('POST', '/api/portal/auth/login', { body: login })).status).toBe(200)
  expect(await names(app)).toContain('accounts.passwordChanged')
})

test('asking for a mail does the same for a known and an unknown address, and the rest later', async () => {
  await using app = await createTestApp()
  const { email } = await makeCustomer(app)
  const { call } = openDoor(app)
  for (const path of ['/auth/forgot-password', '/auth/resend-verification']) {
    app.announced.splice(0)
    const answers = []
    for (const address of [email, 'nobody@example.com'])
      answers.push(await call('POST', path, { body: { email: address } }))
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [202, null],
      [202, null],
    ])
    expect(app.announced.map(({ payload }) => payload)).toMatchObject([
      { email },
      { email: 'nobody@example.com' },
    ])
    expect(await names(app)).toEqual([])
  }
})

test('an account without a password gets its first one by the mailed link', async () => {
  await using app = await createTestApp()
  const { userId, email } = await makeCustomer(app)
  await app.db.delete(identities)
  expect(await hasPassword(app, userId)).toBe(false)
  const { call } = openDoor(app)
  await call('POST', '/auth/forgot-password', { body: { email } })
  const { token } = await lastMail(app, 'reset', email)
  const body = { token, password: fresh }
  expect((await call('POST', '/auth/reset-password', { body })).status).toBe(204)
  const login = await call('POST', '/api/portal/auth/login', { body: { email, password: fresh } })
  expect(login.status).toBe(200)
})

test('a reset link works for an hour, and for its own account', async () => {
  await using app = await createTestApp({ now: '2026-03-01T10:00:00Z' })
  const [one, other] = [await makeCustomer(app), await makeCustomer(app)]
  const { call } = openDoor(app)
  await call('POST', '/auth/forgot-password', { body: { email: one.email } })
  const { token: mine } = await lastMail(app, 'reset', one.email)
  await call('POST', '/auth/forgot-password', { body: { email: other.email } })
  const { token: theirs } = await lastMail(app, 'reset', other.email)
  const mixed = `${theirs.split('.')[0]}.${mine.split('.')[1]}`
  const reset = (token: string) =>
    call('POST', '/auth/reset-password', { body: { token, password: fresh } })
  expect((await reset(mixed)).body.code).toBe('token_invalid')
  app.setNow('2026-03-01T11:00:01Z')
  expect((await reset(mine)).body.code).toBe('token_invalid')
})

test('mails with links are sent a few times an hour to one address', async () => {
  await using app = await createTestApp()
  await setSetting(app, system, 'portal_reset_rate_limit', 2)
  const { call } = openDoor(app)
  const ask = (email: string) => call('POST', '/auth/forgot-password', { body: { email } })
  const statuses = []
  for (const _ of [1, 2, 3]) statuses.push((await ask('same@example.com')).status)
  expect(statuses).toEqual([202, 202, 429])
  expect((await ask('another@example.com')).status).toBe(202)
})

test('who is refused by address uses up nobody’s mails', async () => {
  await using app = await createTestApp()
  await setSetting(app, system, 'portal_reset_rate_limit', 1)
  const { call } = openDoor(app)
  const ask = async (ip: string, email: string) =>
    (await call('POST', '/auth/forgot-password', { ip, body: { email } })).status
  for (let i = 0; i < 10; i++) expect(await ask('203.0.113.66', `${i}@example.com`)).toBe(202)
  for (let i = 0; i < 3; i++) expect(await ask('203.0.113.66', 'ada@example.com')).toBe(429)
  expect(await ask('203.0.113.7', 'ada@example.com')).toBe(202)
})
