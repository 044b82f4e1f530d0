import { Secret, TOTP } from 'otpauth'
import { expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { makeCustomer, signInAs } from '../../../test/make.ts'
import { mails } from '../../core/mail/schema.ts'
import { setUserPassword } from '../accounts/users.ts'
import { setSetting } from '../settings/settings.ts'
import { secondFactors } from './schema.ts'

const system = { type: 'system' } as const
const password = 'correct horse battery staple'
const start = new Date('2026-03-01T10:00:00Z')
const later = (seconds: number) => new Date(start.getTime() + seconds * 1000)

type Door = ReturnType<typeof openDoor>

/** What an authenticator app shows. */
function codeAt(secret: string, time: Date): string {
  return TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: time.getTime() })
}

/** A customer who set up codes at `start`; the clock stands two minutes later. */
async function makeEnrolled(app: TestApp, door: Door) {
  app.setNow(start)
  const customer = await makeCustomer(app)
  const token = await signInAs(app, customer)
  const enabled = await door.call('POST', '/api/portal/profile/two-factor/enable', {
    token,
    body: { password },
  })
  expect(enabled.status).toBe(200)
  const { secret, recovery_codes: recoveryCodes } = enabled.body
  const code = codeAt(secret, start)
  const confirmed = await door.call('POST', '/api/portal/profile/two-factor/confirm', {
    token,
    body: { code },
  })
  expect(confirmed.status).toBe(204)
  app.setNow(later(120))
  return { ...customer, token, secret: secret as string, recoveryCodes: recoveryCodes as string[] }
}

async function challengeOf(door: Door, email: string): Promise<string> {
  const answer = await door.call('POST', '/api/portal/auth/login', { body: { email, password } })
  expect(answer.body).toEqual({ two_factor_required: true, challenge: expect.any(String) })
  expect(answer.headers.getSetCookie()).toEqual([])
  return answer.body.challenge
}

const bring = (door: Door, challenge: string, code: string, ip?: string) =>
  door.call('POST', '/api/portal/auth/two-factor', { body: { challenge, code }, ip })

test('who has a second factor gets a session only for the code, from both sign-in addresses', async () => {
  await using app = await createTestApp()
  const door = openDoor(app)
  const ada = await makeEnrolled(app, door)
  const challenge = await challengeOf(door, ada.email)
  for (const token of [challenge, challenge.split('.')[1]!]) {
    expect((await door.call('GET', '/api/portal/profile', { token })).status).toBe(401)
    const headers = { cookie: `apigate.session_token=${token}; apigate_challenge=${token}` }
    expect((await door.call('GET', '/api/portal/keys', { headers })).status).toBe(401)
  }
  const answer = await bring(door, challenge, codeAt(ada.secret, later(120)))
  expect(answer).toMatchObject({ status: 200, body: { user: { two_factor_enabled: true } } })
  const { token } = answer.body
  expect((await door.call('GET', '/api/portal/profile', { token })).status).toBe(200)

  const body = { email: ada.email, password }
  const other = await door.call('POST', '/portal/auth/login', { body })
  expect(other.body.two_factor_required).toBe(true)
})

test('a code is accepted once, of two at a time too, and not one from before', async () => {
  await using app = await createTestApp()
  const door = openDoor(app)
  const ada = await makeEnrolled(app, door)
  const code = codeAt(ada.secret, later(120))
  const challenge = await challengeOf(door, ada.email)
  const answers = await Promise.all([1, 2, 3].map(() => bring(door, challenge, code)))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401])

  const replayed = await bring(door, await challengeOf(door, ada.email), code)
  expect(replayed).toMatchObject({ status: 401, body: { code: 'invalid_code' } })
  const older = await bring(door, await challengeOf(door, ada.email), codeAt(ada.secret, later(90)))
  expect(older.body.code).toBe('invalid_code')
  const next = await bring(door, await challengeOf(door, ada.email), codeAt(ada.secret, later(150)))
  expect(next.status).toBe(200)
})

test('the code that confirmed the set-up does not sign in', async () => {
  await using app = await createTestApp()
  const door = openDoor(app)
  const ada = await makeEnrolled(app, door)
  app.setNow(later(10))
  const answer = await bring(door, await challengeOf(door, ada.email), codeAt(ada.secret, start))
  expect(answer.body.code).toBe('invalid_code')
})

test('a challenge dies after five wrong codes, all at once too, and after ten minutes', async () => {
  await using app = await createTestApp()
  await setSetting(app, system, 'portal_login_rate_limit', 1000)
  const door = openDoor(app)
  const ada = await makeEnrolled(app, door)
  const challenge = await challengeOf(door, ada.email)
  const wrong = await Promise.all([1, 2, 3, 4, 5, 6, 7].map(() => bring(door, challenge, '000000')))
  const codes = wrong.map(({ body }) => body.code).sort()
  expect(codes).toEqual([
    ...['challenge_invalid', 'challenge_invalid'],
    ...['invalid_code', 'invalid_code', 'invalid_code', 'invalid_code', 'invalid_code'],
  ])
  const right = await bring(door, challenge, codeAt(ada.secret, later(120)))
  expect(right).toMatchObject({ status: 401, body: { code: 'challenge_invalid' } })

  const sent = await app.db.select().from(mails)
  expect(sent.filter(({ template }) => template === 'accounts.codesRefused')).toHaveLength(1)

  const second = await challengeOf(door, ada.email)
  app.setNow(later(120 + 601))
  const late = await bring(door, second, codeAt(ada.secret, later(120 + 601)))
  expect(late.body.code).toBe('challenge_invalid')
})

test('codes are guessed ten times an hour at most, however often the password is given', async () => {
  await using app = await createTestApp()
  await setSetting(app, system, 'portal_login_rate_limit', 1000)
  const door = openDoor(app)
  const ada = await makeEnrolled(app, door)
  const statuses: number[] = []
  for (let guess = 0; guess < 12; guess++) {
    const challenge = await challengeOf(door, ada.email)
    const answer = await bring(door, challenge, '000000', `203.0.113.${guess}`)
    statuses.push(answer.status)
  }
  expect(statuses).toEqual([...Array(10).fill(401), 429, 429])
})

test('wrong codes count on the door with wrong passwords, and the right password does not clear them', async () => {
  await using app = await createTestApp()
  const door = openDoor(app)
  const ada = await makeEnrolled(app, door)
  for (let guess = 0; guess < 5; guess++) {
    const answer = await bring(door, await challengeOf(door, ada.email), '000000')
    expect(answer.status).toBe(401)
  }
  const refused = await door.call('POST', '/api/portal/auth/login', {
    body: { email: ada.email, password },
    ip: '203.0.113.9',
  })
  expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_attempts' } })
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
})

test('a challenge is its own user’s, and ends with the password that it was given for', async () => {
  await using app = await createTestApp()
  const door = openDoor(app)
  const ada = await makeEnrolled(app, door)
  const eve = await makeEnrolled(app, door)
  const code = codeAt(eve.secret, later(120))
  const challenge = await challengeOf(door, ada.email)
  expect((await bring(door, challenge, code)).body.code).toBe('invalid_code')
  const own = await challengeOf(door, eve.email)
  const mixed = `${challenge.split('.')[0]}.${own.split('.')[1]}`
  expect((await bring(door, mixed, code)).body.code).toBe('challenge_invalid')

  await setUserPassword(app, system, ada.email, 'a wholly different sentence')
  const late = await bring(door, challenge, codeAt(ada.secret, later(120)))
  expect(late.body.code).toBe('challenge_invalid')
})

test('a recovery code opens once, of two at a time too, and works however it is written', async () => {
  await using app = await createTestApp()
  const door = openDoor(app)
  const ada = await makeEnrolled(app, door)
  const [first, second] = ada.recoveryCodes
  expect(ada.recoveryCodes).toHaveLength(10)
  const challenge = await challengeOf(door, ada.email)
  const answers = await Promise.all([1, 2].map(() => bring(door, challenge, first!)))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401])
  const again = await bring(door, await challengeOf(door, ada.email), first!)
  expect(again.body.code).toBe('invalid_code')
  const sent = await app.db.select().from(mails)
  const notice = sent.find(({ template }) => template === 'accounts.recoveryUsed')
  expect(notice!.text).toContain('Codes left: 9.')
  const typed = second!.replaceAll('-', ' ').toUpperCase().replaceAll('0', 'O')
  expect((await bring(door, await challengeOf(door, ada.email), typed)).status).toBe(200)
})

test('the secret is sealed in the database', async () => {
  await using app = await createTestApp()
  const ada = await makeEnrolled(app, openDoor(app))
  const [row] = await app.db.select().from(secondFactors)
  expect(row!.sealedSecret).toMatch(/^v1\./)
  expect(row!.sealedSecret).not.toContain(ada.secret)
})

test('turning codes on ends the other sessions, needs the password, and is told by mail', async () => {
  await using app = await createTestApp()
  const door = openDoor(app)
  const ada = await makeCustomer(app)
  const [token, other] = [await signInAs(app, ada), await signInAs(app, ada)]
  const post = (verb: string, body: object) =>
    door.call('POST', `/api/portal/profile/two-factor/${verb}`, { token, body })
  expect((await post('confirm', { code: '123456' })).body.code).toBe('two_factor_not_started')
  const refused = await post('enable', { password: 'not the password' })
  expect(refused).toMatchObject({ status: 422, body: { code: 'invalid_credentials' } })
  const { body } = await post('enable', { password })
  expect(body.otpauth_url).toContain(`secret=${body.secret}`)
  expect((await post('confirm', { code: body.recovery_codes[0] })).body.code).toBe('invalid_code')
  const profile = () => door.call('GET', '/api/portal/profile', { token })
  expect((await profile()).body.two_factor_enabled).toBe(false)
  await signInAs(app, ada)

  const code = codeAt(body.secret, app.now())
  expect((await post('confirm', { code })).status).toBe(204)
  expect((await profile()).body.two_factor_enabled).toBe(true)
  expect((await door.call('GET', '/api/portal/profile', { token: other })).status).toBe(401)
  expect((await post('enable', { password })).body.code).toBe('two_factor_enabled')
  const sent = await app.db.select().from(mails)
  expect(sent.map(({ template }) => template)).toContain('accounts.twoFactorOn')
})

test('codes are turned off, and recovery codes renewed, with both factors', async () => {
  await using app = await createTestApp()
  const door = openDoor(app)
  const ada = await makeEnrolled(app, door)
  const post = (verb: string, body: object) =>
    door.call('POST', `/api/portal/profile/two-factor/${verb}`, { token: ada.token, body })
  const code = codeAt(ada.secret, later(120))
  expect((await post('disable', { password, code: '000000' })).body.code).toBe('invalid_code')
  expect((await post('disable', { password: 'wrong', code })).body.code).toBe('invalid_credentials')
  const renewed = await post('recovery-codes', { password, code })
  expect(renewed.body.recovery_codes).toHaveLength(10)
  const old = await post('disable', { password, code: ada.recoveryCodes[0] })
  expect(old.body.code).toBe('invalid_code')
  const done = await post('disable', { password, code: renewed.body.recovery_codes[0] })
  expect(done.status).toBe(204)
  expect(await signInAs(app, ada)).toBeTruthy()
})

test('switched off, nobody can set codes up, and who has them is still asked', async () => {
  await using app = await createTestApp()
  const door = openDoor(app)
  const ada = await makeEnrolled(app, door)
  const bob = await makeCustomer(app)
  await setSetting(app, system, 'portal_2fa_enabled', false)
  const refused = await door.call('POST', '/api/portal/profile/two-factor/enable', {
    token: await signInAs(app, bob),
    body: { password },
  })
  expect(refused).toMatchObject({ status: 403, body: { code: 'two_factor_disabled' } })
  const answer = await bring(
    door,
    await challengeOf(door, ada.email),
    codeAt(ada.secret, later(120)),
  )
  expect(answer.status).toBe(200)
})

test('a set-up waits an hour for its first code', async () => {
  await using app = await createTestApp({ now: start.toISOString() })
  const door = openDoor(app)
  const token = await signInAs(app, await makeCustomer(app))
  const post = (verb: string, body: object) =>
    door.call('POST', `/api/portal/profile/two-factor/${verb}`, { token, body })
  const { body } = await post('enable', { password })
  app.setNow(later(3601))
  const late = await post('confirm', { code: codeAt(body.secret, later(3601)) })
  expect(late).toMatchObject({ status: 409, body: { code: 'two_factor_not_started' } })
})

test('the operator takes a lost second factor away; nobody else may', async () => {
  await using app = await createTestApp()
  const door = openDoor(app)
  const ada = await makeEnrolled(app, door)
  const path = `/admin/users/${ada.email}/reset-two-factor`
  expect((await door.call('POST', path, { token: ada.token })).status).toBe(403)
  const challenge = await challengeOf(door, ada.email)
  const reset = await door.call('POST', path, { token: app.adminToken })
  expect(reset).toMatchObject({ status: 200, body: { two_factor_enabled: false } })
  const late = await bring(door, challenge, codeAt(ada.secret, later(120)))
  expect(late.body.code).toBe('challenge_invalid')
  expect(await signInAs(app, ada)).toBeTruthy()
  const { body } = await door.call('GET', '/admin/audit?action=users.two_factor_reset', {
    token: app.adminToken,
  })
  expect(body.data).toHaveLength(1)
})
