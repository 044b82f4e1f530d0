import { desc } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { runAnnounced } from '../../../test/jobs.ts'
import { type Customer, makeCustomer, signInAs, system } from '../../../test/make.ts'
import { mails } from '../../core/mail/schema.ts'
import { auditLog } from '../audit/schema.ts'
import { setSetting } from '../settings/settings.ts'
import { type AnswerEmailChange, answerEmailChange, readEmailChange } from './email-change.ts'
import { organizations } from './schema.ts'
import { getUser, suspendUser } from './users.ts'

const password = 'correct horse battery staple'
const fresh = 'new@example.com'
const anonymous = { type: 'anonymous', ip: null } as const

async function setUp(options: { now?: string } = {}) {
  const app = await createTestApp(options)
  const ada = await makeCustomer(app)
  const token = await signInAs(app, ada)
  const { call } = openDoor(app)
  const ask = (email = fresh, given = password) =>
    call('POST', '/api/portal/profile/email', { token, body: { email, password: given } })
  const answer = (link: string, said: AnswerEmailChange['answer'] = 'agree') =>
    answerEmailChange(app, anonymous, { token: link, answer: said })
  return { app, ada, token, call, ask, answer }
}

/** The mails to an address, newest first: which they are, and the token in each. */
async function mailsTo(app: TestApp, to: string) {
  const rows = await app.db.select().from(mails).orderBy(desc(mails.createdAt), desc(mails.id))
  return rows
    .filter((row) => row.to === to)
    .map(({ template, text }) => ({
      template,
      token: decodeURIComponent(/email-change\?token=([\w.%-]+)/.exec(text)?.[1] ?? ''),
    }))
}

const linkTo = async (app: TestApp, to: string) => (await mailsTo(app, to))[0]!.token
const emailOf = async (app: TestApp, { userId }: Customer) =>
  (await getUser(app, system, userId)).email

test('an account moves when both addresses have agreed, in any order, and not before', async () => {
  for (const order of ['new first', 'old first']) {
    const { app, ada, token, call, ask, answer } = await setUp()
    await using _ = app
    expect(await ask('  New@Example.com ')).toMatchObject({
      status: 202,
      body: { email: fresh, new_address_agreed: false, present_address_agreed: false },
    })
    const sides = [fresh, ada.email]
    const [first, second] = order === 'new first' ? sides : sides.reverse()
    expect(await answer(await linkTo(app, first!))).toBe('waiting')
    expect(await emailOf(app, ada)).toBe(ada.email)
    expect((await call('GET', '/api/portal/profile/email', { token })).body).toMatchObject({
      new_address_agreed: first === fresh,
      present_address_agreed: first !== fresh,
    })
    expect(await answer(await linkTo(app, second!))).toBe('moved')
    expect((await call('GET', '/api/portal/profile', { token })).body).toMatchObject({
      email: fresh,
      email_verified_at: expect.any(String),
    })
    for (const address of [ada.email, fresh])
      expect((await mailsTo(app, address))[0]!.template).toBe('accounts.emailChanged')
    const login = (email: string) =>
      call('POST', '/api/portal/auth/login', { body: { email, password } })
    expect((await login(fresh)).status).toBe(200)
    expect((await login(ada.email)).status).toBe(401)
    expect((await call('GET', '/api/portal/profile/email', { token })).status).toBe(404)
    const rows = await app.db.select().from(auditLog).orderBy(desc(auditLog.id))
    expect(rows.find(({ action }) => action === 'profile.email_changed')).toMatchObject({
      targetId: ada.userId,
      changes: { email: { from: ada.email, to: fresh } },
    })
  }
})

test('the present address stops a change, and the other link dies with it', async () => {
  const { app, ada, ask, answer } = await setUp()
  await using _ = app
  await ask()
  const [toNew, toOld] = [await linkTo(app, fresh), await linkTo(app, ada.email)]
  await expect(answer(toNew, 'stop')).rejects.toMatchObject({ code: 'token_invalid' })
  expect(await answer(toOld, 'stop')).toBe('stopped')
  await expect(answer(toNew)).rejects.toMatchObject({ code: 'token_invalid' })
  expect(await emailOf(app, ada)).toBe(ada.email)
})

test('a link works once, for 72 hours, and never after its change was given up or asked anew', async () => {
  const { app, ada, token, call, ask, answer } = await setUp({ now: '2026-03-01T10:00:00Z' })
  await using _ = app
  const invalid = { code: 'token_invalid' }
  await ask()
  const first = await linkTo(app, fresh)
  await answer(first)
  await expect(answer(first)).rejects.toMatchObject(invalid)

  const old = await linkTo(app, ada.email)
  app.setNow('2026-03-01T10:01:00Z')
  await ask('other@example.com')
  await expect(answer(old)).rejects.toMatchObject(invalid)
  const again = await linkTo(app, ada.email)
  expect(await readEmailChange(app, again)).toMatchObject({ newEmail: 'other@example.com' })

  expect((await call('DELETE', '/api/portal/profile/email', { token })).status).toBe(204)
  await expect(answer(again)).rejects.toMatchObject(invalid)

  await ask('third@example.com')
  const late = await linkTo(app, 'third@example.com')
  app.setNow('2026-03-04T10:01:01Z')
  await expect(answer(late)).rejects.toMatchObject(invalid)
  expect(await emailOf(app, ada)).toBe(ada.email)
})

test('an address that is taken gets the same answer, its owner a notice, and the account stays', async () => {
  const { app, ada, ask, answer } = await setUp()
  await using _ = app
  const bob = await makeCustomer(app)
  const free = await ask()
  const taken = await ask(bob.email.toUpperCase())
  expect(taken.status).toBe(free.status)
  expect(Object.keys(taken.body)).toEqual(Object.keys(free.body))
  expect((await mailsTo(app, bob.email)).map(({ template }) => template)).toEqual([
    'accounts.emailInUse',
  ])
  expect(await answer(await linkTo(app, ada.email))).toBe('waiting')
  expect(await emailOf(app, ada)).toBe(ada.email)
})

test('an address that somebody took meanwhile is not taken from them', async () => {
  const { app, ada, call, ask, answer } = await setUp()
  await using _ = app
  await ask()
  const toNew = await linkTo(app, fresh)
  await answer(await linkTo(app, ada.email))
  await call('POST', '/api/portal/auth/register', { body: { email: fresh, password } })
  await expect(answer(toNew)).rejects.toMatchObject({ code: 'email_taken' })
  expect(await emailOf(app, ada)).toBe(ada.email)
})

test('asking takes the password, another address, and no suspended account', async () => {
  const { app, ada, ask, answer } = await setUp()
  await using _ = app
  expect((await ask(fresh, 'wrong')).body).toMatchObject({
    code: 'invalid_credentials',
    errors: [{ path: 'password' }],
  })
  expect((await ask(ada.email)).body.errors).toMatchObject([{ path: 'email' }])
  expect(await mailsTo(app, fresh)).toEqual([])
  await ask()
  const link = await linkTo(app, fresh)
  await suspendUser(app, system, ada.userId)
  expect((await ask()).body.code).toBe('user_suspended')
  await expect(answer(link)).rejects.toMatchObject({ code: 'token_invalid' })
})

test('a link to choose a password that the old mailbox holds opens nothing after the move', async () => {
  const { app, ada, call, ask, answer } = await setUp()
  await using _ = app
  await call('POST', '/auth/forgot-password', { body: { email: ada.email } })
  await runAnnounced(app)
  const [reset] = await app.db.select().from(mails)
  const token = decodeURIComponent(/reset-password\?token=([\w.%-]+)/.exec(reset!.text)![1]!)
  await ask()
  await answer(await linkTo(app, fresh))
  await answer(await linkTo(app, ada.email))
  const answered = await call('POST', '/auth/reset-password', { body: { token, password } })
  expect(answered.body.code).toBe('token_invalid')
})

test('who mistyped the address at registration corrects it without the wrong one’s consent', async () => {
  await using app = await createTestApp()
  await setSetting(app, system, 'require_email_verification', true)
  const { call } = openDoor(app)
  const typo = 'ada@exmaple.com'
  await call('POST', '/api/portal/auth/register', { body: { email: typo, password } })
  const login = await call('POST', '/api/portal/auth/login', { body: { email: typo, password } })
  const { token } = login.body
  const asked = await call('POST', '/api/portal/profile/email', {
    token,
    body: { email: fresh, password },
  })
  expect(asked.status).toBe(202)
  expect((await mailsTo(app, typo)).map(({ template }) => template)).toEqual(['accounts.verify'])
  const link = await linkTo(app, fresh)
  expect(await answerEmailChange(app, anonymous, { token: link, answer: 'agree' })).toBe('moved')
  const profile = await call('GET', '/api/portal/profile', { token })
  expect(profile.body).toMatchObject({ email: fresh, status: 'active' })
  expect((await app.db.select().from(organizations))[0]!.name).toBe(fresh)
})

test('both addresses may agree at the same moment', async () => {
  const { app, ada, ask, answer } = await setUp()
  await using _ = app
  await ask()
  const links = [await linkTo(app, fresh), await linkTo(app, ada.email)]
  const answers = await Promise.all(links.map((link) => answer(link)))
  expect(answers.sort()).toEqual(['moved', 'waiting'])
  expect(await emailOf(app, ada)).toBe(fresh)
})
