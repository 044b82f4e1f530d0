import { expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { type Heard, openLive } from '../../../test/live.ts'
import { type Customer, makeCustomer, makeMember, system } from '../../../test/make.ts'
import { aRecord } from '../../../test/usage.ts'
import { inTransaction } from '../../core/app.ts'
import { newId } from '../../core/ids.ts'
import { publishLive } from '../../core/live/live.ts'
import { findUser } from '../../features/accounts/user-rows.ts'
import { suspendUser } from '../../features/accounts/users.ts'
import { publishLogs } from '../../features/logs/live-logs.ts'
import { endSession, listSessions } from '../../features/sessions/sessions.ts'
import { openSession } from '../../features/sessions/sign-in.ts'
import { setSetting } from '../../features/settings/settings.ts'
import { removeMember } from '../../features/teams/members.ts'
import { recordUsage } from '../../features/usage/record-usage.ts'

async function signInAs(app: TestApp, { userId }: Customer) {
  const user = (await findUser(app, userId))!
  const { token } = await openSession(app, user, { ip: null, userAgent: null })
  return { authorization: `Bearer ${token}` }
}

const record = (app: TestApp, owner: Customer, paths: string[]) => {
  const records = paths.map((path) => aRecord(owner, app.now().getTime(), { path }))
  const batch = { segment: newId('evt'), from: 0, to: records.length, records }
  return recordUsage(app, batch, publishLogs)
}

const note = (app: TestApp, { userId }: Customer, count = 1, data: unknown = {}) =>
  inTransaction(app, (tx) =>
    publishLive(
      tx,
      Array.from({ length: count }, () => ({ stream: `user:${userId}`, event: 'note', data })),
    ),
  )

const numbers = (heard: Heard[]) => heard.filter(({ type }) => type === 'event').map((e) => e.seq)

test('requests come live to those who follow, and who comes back to another server misses none', async () => {
  await using app = await createTestApp()
  await using here = await openLive(app)
  await using there = await openLive(app)
  const ada = await makeCustomer(app)
  const stream = `logs:${ada.organizationId}`
  const headers = await signInAs(app, ada)
  const first = await here.connect('', headers)
  const { seq } = await first.follow(stream)
  await record(app, ada, ['/one', '/two'])
  const two = await first.until(({ data }) => (data as { path?: string })?.path === '/two')
  expect(two).toMatchObject({ type: 'event', stream, event: 'request', data: { status: 200 } })
  first.socket.close()
  await record(app, ada, ['/three'])
  const second = await there.connect('', headers)
  expect(await second.follow(stream, seq! + 1)).toMatchObject({ type: 'subscribed', seq: seq! + 1 })
  await second.until(({ data }) => (data as { path?: string })?.path === '/three')
  expect(numbers(second.heard)).toEqual([seq! + 2, seq! + 3])
})

test('what nobody followed for a while is told as missing, never left out in silence', async () => {
  await using app = await createTestApp({ now: '2026-03-01T10:00:00Z' })
  await using live = await openLive(app)
  const ada = await makeCustomer(app)
  const stream = `logs:${ada.organizationId}`
  const headers = await signInAs(app, ada)
  const first = await live.connect('', headers)
  const { seq } = await first.follow(stream)
  first.socket.close()
  app.setNow('2026-03-01T10:30:00Z')
  await record(app, ada, ['/unseen'])
  const second = await live.connect('', headers)
  await second.follow(stream, seq)
  await second.until(({ code }) => code === 'events_missed')
  await record(app, ada, ['/seen'])
  await second.until(({ data }) => (data as { path?: string })?.path === '/seen')
  expect(numbers(second.heard)).toEqual([seq! + 2])
})

test('only those who may follow a stream get it', async () => {
  await using app = await createTestApp()
  await using live = await openLive(app)
  const ada = await makeCustomer(app)
  const bob = await makeCustomer(app)
  const stream = `logs:${ada.organizationId}`
  const answerTo = async (who: Customer, wanted: string) => {
    const { socket, follow } = await live.connect('', await signInAs(app, who))
    const { type, code } = await follow(wanted)
    socket.close()
    return code ?? type
  }
  expect(await answerTo(bob, stream)).toBe('not_found')
  expect(await answerTo(bob, `user:${ada.userId}`)).toBe('not_found')
  expect(await answerTo(ada, `user:${ada.userId}`)).toBe('subscribed')
  expect(await answerTo(ada, 'nothing:1')).toBe('not_found')
  expect(await answerTo(await makeMember(app, ada, 'billing'), stream)).toBe('forbidden')
  expect(await answerTo(await makeMember(app, ada, 'viewer'), stream)).toBe('subscribed')
  await setSetting(app, system, 'portal_show_usage', false)
  expect(await answerTo(ada, stream)).toBe('not_found')
})

test('a membership, an account or a session that ends takes the stream away before the next event', async () => {
  await using app = await createTestApp()
  await using live = await openLive(app)
  const ada = await makeCustomer(app)
  const stream = `logs:${ada.organizationId}`
  const [guest, bob] = [await makeMember(app, ada, 'viewer'), await makeCustomer(app)]
  const [viewer, suspended, signedOut] = [
    await live.connect('', await signInAs(app, guest)),
    await live.connect('', await signInAs(app, bob)),
    await live.connect('', await signInAs(app, ada)),
  ]
  await viewer.follow(stream)
  await suspended.follow(`user:${bob.userId}`)
  await signedOut.follow(stream)
  await removeMember(app, ada, guest.userId)
  await suspendUser(app, system, bob.userId)
  const [session] = await listSessions(app, ada)
  await endSession(app, ada, session!.id)
  await record(app, ada, ['/secret'])
  await note(app, bob)
  expect(await viewer.until(({ type }) => type === 'error')).toMatchObject({ code: 'not_found' })
  expect(await suspended.until(({ type }) => type === 'error')).toMatchObject({
    code: 'user_suspended',
  })
  expect(await signedOut.closed).toBe('1008 session_ended')
  for (const { heard } of [viewer, suspended, signedOut]) expect(numbers(heard)).toEqual([])
})

test('a cookie opens it for our own pages alone, a token for everybody, once and for half a minute', async () => {
  await using app = await createTestApp()
  await using live = await openLive(app)
  const ada = await makeCustomer(app)
  const { call } = openDoor(app)
  const signedIn = await call('POST', '/api/portal/auth/login', {
    body: { email: ada.email, password: 'correct horse battery staple' },
  })
  const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!
  const refusal = async (query: string, headers: Record<string, string>) => {
    const { refused, socket } = await live.connect(query, headers)
    socket.close()
    return refused
  }
  expect(cookie).toContain('session_token')
  const own = { origin: 'http://apigate.test', cookie, 'x-forwarded-host': 'apigate.test' }
  expect(await refusal('', own)).toBeNull()
  expect(await refusal('', { ...own, origin: 'https://evil.example' })).toBe(403)
  expect(await refusal('', { origin: 'https://evil.example' })).toBe(403)
  expect(await refusal('', {})).toBe(401)
  const newToken = async () => {
    const { body } = await call('POST', '/api/portal/live/token', { token: signedIn.body.token })
    return `?token=${body.token}`
  }
  const foreign = { origin: 'https://app.example' }
  const once = await newToken()
  expect(await refusal(once, foreign)).toBeNull()
  expect(await refusal(once, foreign)).toBe(401)
  const late = await newToken()
  app.setNow(new Date(Date.now() + 31_000))
  expect(await refusal(late, foreign)).toBe(401)
})

test('a client that does not read is sent away rather than remembered, and finds its place again', async () => {
  await using app = await createTestApp()
  await using live = await openLive(app)
  const ada = await makeCustomer(app)
  const stream = `user:${ada.userId}`
  const headers = await signInAs(app, ada)
  const slow = await live.connect('', headers)
  await slow.follow(stream)
  slow.socket.pause()
  const long = 'x'.repeat(50_000)
  await note(app, ada, 400, { long })
  await new Promise((resolve) => setTimeout(resolve, 1500))
  slow.socket.resume()
  expect(await slow.closed).toBe('1013 too_slow')
  const reached = numbers(slow.heard).at(-1) ?? 0
  expect(reached).toBeLessThan(400)
  const again = await live.connect('', headers)
  await again.follow(stream, reached)
  await again.until(({ seq }) => seq === 400)
  expect(numbers(again.heard)[0]).toBe(reached + 1)
})

test('what is no message is refused, and too many of them end the connection', async () => {
  await using app = await createTestApp()
  await using live = await openLive(app)
  const ada = await makeCustomer(app)
  const { say, until, closed, follow } = await live.connect('', await signInAs(app, ada))
  for (const message of ['{', '[]', { type: 'subscribe' }, { type: 'publish', stream: 'x' }])
    say(message)
  await until(({ code }) => code === 'bad_message')
  expect(await follow(`user:${ada.userId}`)).toMatchObject({ type: 'subscribed', seq: 0 })
  for (let i = 0; i < 200; i++) say({ type: 'subscribe', stream: `user:${ada.userId}` })
  expect(await closed).toBe('1008 too_many_messages')
  const next = await live.connect('', await signInAs(app, ada))
  next.say('x'.repeat(5000))
  expect(await next.closed).toMatch(/^1009 /)
})
