import { expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { makeCustomer, system } from '../../../test/make.ts'
import type { UserActor } from '../../core/actor.ts'
import { mails } from '../../core/mail/schema.ts'
import { getUser, suspendUser, updateUser } from '../accounts/users.ts'
import { ListAudit } from '../audit/audit-input.ts'
import { listAudit } from '../audit/list-audit.ts'
import { beginActing, stopActing } from './acting.ts'
import { issueLiveToken, redeemLiveToken, refreshActor } from './live-token.ts'
import { resolveActor } from './resolve-actor.ts'

const password = 'correct horse battery staple'

/** An administrator in a browser who acts as a customer. */
async function openActing(app: TestApp) {
  const nora = await makeCustomer(app, { role: 'admin' })
  const ada = await makeCustomer(app)
  const { call, door } = openDoor(app)
  const login = await call('POST', '/api/portal/auth/login', {
    body: { email: nora.email, password },
  })
  const cookie = login.headers.getSetCookie()[0]!.split(';')[0]!
  const headers = { cookie, origin: 'http://apigate.test' }
  const self = (await resolveActor(app, new Headers(headers), { ip: null })).actor
  await beginActing(app, self, ada.email)
  const ask = (method: string, path: string, body?: unknown) =>
    call(method, path, { headers, body })
  return { nora, ada, self, headers, ask, door, token: login.body.token as string }
}

async function told(app: TestApp, action: string) {
  const { data } = await listAudit(app, system, ListAudit.parse({ action }))
  return data.map(({ actor, target, changes }) => ({ actor: actor.id, target: target.id, changes }))
}

test('an administrator is the user in the portal and themself on the operator’s side, and both stand in the log', async () => {
  await using app = await createTestApp({ now: '2026-11-24T12:00:00Z' })
  const { nora, ada, ask } = await openActing(app)
  const before = await getUser(app, system, ada.userId)
  expect((await ask('GET', '/api/portal/auth/session')).body.user.email).toBe(ada.email)
  const key = await ask('POST', '/api/portal/keys', { name: 'Made for Ada' })
  expect(key.status).toBe(201)
  expect((await ask('GET', `/admin/keys?user_id=${ada.userId}`)).body.data[0].id).toBe(key.body.id)
  expect(await told(app, 'keys.issued')).toEqual([
    {
      actor: ada.userId,
      target: key.body.id,
      changes: expect.objectContaining({ acted_by: nora.userId }),
    },
  ])
  expect((await ask('POST', '/api/portal/auth/logout')).status).toBe(204)
  expect((await ask('GET', '/api/portal/auth/session')).body.user.email).toBe(nora.email)
  expect(await told(app, 'users.acting')).toEqual([
    { actor: nora.userId, target: ada.userId, changes: {} },
    { actor: nora.userId, target: ada.userId, changes: { until: '2026-11-24T13:00:00.000Z' } },
  ])
  expect(await getUser(app, system, ada.userId)).toEqual(before)
  const sent = await app.db.select().from(mails)
  expect(sent.filter(({ template }) => template === 'accounts.signIn')).toEqual([])
})

test('an hour is the longest, and it is over too when either of the two may no longer', async () => {
  for (const end of ['hour', 'suspended', 'promoted'] as const) {
    await using app = await createTestApp({ now: '2026-11-24T12:00:00Z' })
    const { nora, ada, ask } = await openActing(app)
    await makeCustomer(app, { role: 'admin' })
    const whoami = async () => (await ask('GET', '/api/portal/auth/session')).body.user?.email
    app.setNow('2026-11-24T12:59:59Z')
    expect(await whoami()).toBe(ada.email)
    if (end === 'hour') app.setNow('2026-11-24T13:00:00Z')
    if (end === 'suspended') await suspendUser(app, system, nora.userId)
    if (end === 'promoted') await updateUser(app, system, ada.userId, { role: 'admin' })
    expect([end, await whoami()]).toEqual([end, nora.email])
    expect(await told(app, 'users.acting_ended')).toHaveLength(1)
  }
})

test('who acts as a user cannot change how that person signs in, nor delete them', async () => {
  await using app = await createTestApp()
  const { ask, ada } = await openActing(app)
  const attempts: [string, string, unknown][] = [
    [
      'POST',
      '/api/portal/profile/password',
      { current_password: password, new_password: 'x'.repeat(12) },
    ],
    ['DELETE', '/api/portal/profile', { password }],
    ['POST', '/api/portal/profile/two-factor/enable', { password }],
    ['POST', '/api/portal/profile/email', { email: 'mine@example.com', password }],
  ]
  for (const [method, path, body] of attempts)
    expect([path, (await ask(method, path, body)).body.code]).toEqual([path, 'acting_as'])
  expect((await getUser(app, system, ada.userId)).email).toBe(ada.email)
})

test('nobody acts as an administrator, and only an administrator with a session acts', async () => {
  await using app = await createTestApp()
  const { nora, ada, self, token } = await openActing(app)
  const code = (error: unknown) => (error as { code: string }).code
  const other = await makeCustomer(app, { role: 'admin' })
  expect(code(await beginActing(app, self, other.email).catch((e) => e))).toBe(
    'cannot_act_as_admin',
  )
  expect(code(await beginActing(app, ada, nora.email).catch((e) => e))).toBe('forbidden')
  expect(
    code(await beginActing(app, { type: 'admin_token', ip: null }, ada.email).catch((e) => e)),
  ).toBe('session_required')
  // The session's token in a program stays the administrator's own.
  const { call } = openDoor(app)
  expect((await call('GET', '/api/portal/auth/session', { token })).body.user.email).toBe(
    nora.email,
  )
})

test('the user who is acted as opens nothing of the operator’s', async () => {
  await using app = await createTestApp()
  const { nora, ask, headers } = await openActing(app)
  const { actor } = await resolveActor(app, new Headers(headers), { ip: null })
  expect(actor).toMatchObject({ role: 'customer', operator: { userId: nora.userId } })
  await expect(listAudit(app, actor, ListAudit.parse({}))).rejects.toMatchObject({
    code: 'forbidden',
  })
  expect((await ask('GET', '/admin/users')).status).toBe(200)
})

test('live streams are the user’s while an administrator acts, and no longer', async () => {
  await using app = await createTestApp()
  const { nora, ada, self, headers } = await openActing(app)
  const origin = { ip: null }
  const acting = (await resolveActor(app, new Headers(headers), origin)).actor as UserActor
  const expected = { userId: ada.userId, operator: { userId: nora.userId } }
  expect(await refreshActor(app, acting)).toMatchObject(expected)
  const { token } = await issueLiveToken(app, acting)
  const late = await issueLiveToken(app, acting)
  expect(await redeemLiveToken(app, token, origin)).toMatchObject(expected)
  await stopActing(app, self)
  expect(await refreshActor(app, acting)).toBeNull()
  expect(await redeemLiveToken(app, late.token, origin)).toBeNull()
})

test('an organization that the call names is looked for among the user’s, not the administrator’s', async () => {
  await using app = await createTestApp()
  const { ada, headers } = await openActing(app)
  const named = new Headers({ ...headers, 'x-organization-id': ada.organizationId })
  const { actor } = await resolveActor(app, named, { ip: null })
  expect(actor).toMatchObject({ userId: ada.userId, organizationId: ada.organizationId })
})
