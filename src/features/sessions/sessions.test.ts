import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { makeCustomer } from '../../../test/make.ts'
import { mails } from '../../core/mail/schema.ts'
import { sessions } from '../accounts/schema.ts'
import { describeDevice } from './devices.ts'

const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'
const curl = 'curl/8.5.0'
const password = 'correct horse battery staple'

test('a person sees where they are signed in, and ends what they do not know', async () => {
  await using app = await createTestApp()
  const customer = await makeCustomer(app)
  const stranger = await makeCustomer(app)
  const { call } = openDoor(app)
  const login = async (email: string, agent: string) => {
    const headers = { 'user-agent': agent }
    return (await call('POST', '/api/portal/auth/login', { body: { email, password }, headers }))
      .body.token as string
  }
  const token = await login(customer.email, firefox)
  const other = await login(customer.email, curl)
  const foreign = await login(stranger.email, curl)

  const { body } = await call('GET', '/api/portal/sessions', { token })
  expect(body.data).toHaveLength(2)
  const current = body.data.find((session: { is_current: boolean }) => session.is_current)
  const last = body.data.find((session: { is_current: boolean }) => !session.is_current)
  expect(current).toMatchObject({ user_agent: firefox, ip: '198.51.100.7' })

  const path = `/api/portal/sessions/${last.id}`
  expect((await call('DELETE', path, { token: foreign })).status).toBe(404)
  expect((await call('DELETE', path, { token })).status).toBe(204)
  expect((await call('GET', '/api/portal/profile', { token: other })).status).toBe(401)

  const third = await login(customer.email, curl)
  const endOthers = () => call('DELETE', '/api/portal/sessions', { token })
  const twice = await Promise.all([endOthers(), endOthers()])
  expect(twice.map(({ status }) => status)).toEqual([204, 204])
  expect((await call('GET', '/api/portal/profile', { token: third })).status).toBe(401)
  expect((await call('GET', '/api/portal/profile', { token })).status).toBe(200)
  expect((await call('GET', '/api/portal/profile', { token: foreign })).status).toBe(200)
})

test('a session that was planted in a browser before the sign-in is worth nothing to who planted it', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  const [ada, eve] = [await makeCustomer(app), await makeCustomer(app)]
  const login = (email: string, cookie = '') =>
    call('POST', '/api/portal/auth/login', {
      body: { email, password },
      headers: { ...(cookie && { cookie }), origin: 'http://apigate.test' },
    })
  const cookieOf = ({ headers }: { headers: Headers }) => headers.getSetCookie()[0]!.split(';')[0]!
  const nameBy = async (cookie: string) =>
    (await call('GET', '/api/portal/auth/session', { headers: { cookie } })).body.user?.email
  const own = cookieOf(await login(eve.email))
  const [unsigned] = decodeURIComponent(own).split('.').slice(0, 2)
  const planted = [own, `${unsigned}`, 'apigate.session_token=chosen.c2lnbmVk']
  for (const cookie of planted) {
    const before = await nameBy(cookie)
    const given = cookieOf(await login(ada.email, cookie))
    expect(given).not.toBe(cookie)
    expect(await nameBy(given)).toBe(ada.email)
    expect(await nameBy(cookie)).toBe(before)
    expect(before).toBe(cookie === own ? eve.email : undefined)
  }
  const tokens = (await app.db.select().from(sessions)).map(({ token }) => token)
  expect(new Set(tokens).size).toBe(1 + planted.length)
  expect(tokens).not.toContain('chosen')
})

test('a sign-in from a new program is mailed, once', async () => {
  await using app = await createTestApp()
  const { email } = await makeCustomer(app)
  const { call } = openDoor(app)
  for (const agent of [firefox, firefox, curl, curl, firefox]) {
    const headers = { 'user-agent': agent }
    await call('POST', '/api/portal/auth/login', { body: { email, password }, headers })
  }
  const rows = await app.db.select().from(mails)
  expect(rows.map(({ template, to }) => [template, to])).toEqual([['accounts.signIn', email]])
  expect(rows[0]!.text).toContain('curl')
  expect(rows[0]!.text).toMatch(/^IP address: 198\.51\.100\.7$/m)
})

test('a device is named by its program and system', () => {
  expect(describeDevice(firefox)).toBe('Firefox, Windows')
  expect(describeDevice(curl)).toBe('curl')
  expect(describeDevice(null)).toBe('–')
})
