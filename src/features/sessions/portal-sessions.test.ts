import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { makeCustomer, signInAs, system } from '../../../test/make.ts'
import { inTransaction } from '../../core/app.ts'
import { issueProof } from '../accounts/proofs.ts'
import { sessions, users, verifications } from '../accounts/schema.ts'
import { suspendUser, updateUser } from '../accounts/users.ts'
import { auditLog } from '../audit/schema.ts'
import { enterPortal, findOffered, offerPortalSession, spendOffer } from './portal-sessions.ts'

const start = new Date('2026-11-25T12:00:00Z')
const caller = { ip: '198.51.100.7', userAgent: 'Firefox' }
const invalid = { code: 'token_invalid' }

test('the operator’s server gets an address for a user, by id or e-mail, and nobody else does', async () => {
  await using app = await createTestApp({ now: start.toISOString() })
  const { call } = openDoor(app)
  const ada = await makeCustomer(app)
  const path = '/admin/portal-sessions'
  const token = app.adminToken
  for (const user_id of [ada.userId, ada.email.toUpperCase()]) {
    const { status, body, headers } = await call('POST', path, { token, body: { user_id } })
    const url = `${app.config.publicUrl}/portal/enter?code=${body.code}`
    expect([status, body]).toEqual([
      ...[201, { code: expect.any(String), url, expires_at: '2026-11-25T12:01:00.000Z' }],
    ])
    expect(headers.get('cache-control')).toBe('no-store')
    expect(JSON.stringify(await app.db.select().from(verifications))).not.toContain(
      body.code.split('.')[1],
    )
    expect(JSON.stringify(await app.db.select().from(auditLog))).not.toContain(body.code)
  }
  const admin = await makeCustomer(app, { role: 'admin' })
  const gone = await makeCustomer(app)
  await suspendUser(app, system, gone.userId, {})
  for (const [body, status, code] of [
    [{ user_id: 'nobody@example.com' }, 404, 'not_found'],
    [{ user_id: admin.userId }, 403, 'cannot_open_for_admin'],
    [{ user_id: gone.userId }, 403, 'user_suspended'],
    [{ user_id: ada.userId, role: 'admin' }, 422, 'validation_error'],
    [{}, 422, 'validation_error'],
  ] as const)
    expect(await call('POST', path, { token, body })).toMatchObject({ status, body: { code } })
  const own = await signInAs(app, ada)
  const refused = await call('POST', path, { token: own, body: { user_id: ada.userId } })
  expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } })
})

test('a code opens one session of its user, of two at a time too, within 60 seconds', async () => {
  await using app = await createTestApp({ now: start.toISOString() })
  const ada = await makeCustomer(app)
  const offer = () => offerPortalSession(app, system, { user_id: ada.userId })
  const [first, second, late] = [await offer(), await offer(), await offer()]
  expect((await findOffered(app, first.code)).id).toBe(ada.userId)
  const entries = await Promise.allSettled([1, 2].map(() => enterPortal(app, first.code, caller)))
  expect(entries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  await expect(enterPortal(app, first.code, caller)).rejects.toMatchObject(invalid)
  expect((await spendOffer(app, second.code)).id).toBe(ada.userId)
  await expect(spendOffer(app, second.code)).rejects.toMatchObject(invalid)
  const opened = await app.db.select().from(sessions).where(eq(sessions.userId, ada.userId))
  expect(opened).toHaveLength(1)

  app.setNow(new Date(start.getTime() + 60_000))
  for (const work of [findOffered, spendOffer])
    await expect(work(app, late.code)).rejects.toMatchObject(invalid)
  await expect(enterPortal(app, late.code, caller)).rejects.toMatchObject(invalid)

  const rows = await app.db.select().from(auditLog).where(eq(auditLog.targetId, ada.userId))
  const told = rows.filter(({ action }) => action !== 'users.created')
  expect(told.map(({ action }) => action).sort()).toEqual([
    ...Array(3).fill('users.portal_session_offered'),
    'users.signed_in',
  ])
  expect(told.find(({ action }) => action === 'users.signed_in')!.changes).toEqual({
    by: 'portal_session',
  })
})

test('a token of another kind is none, and nor is this one elsewhere', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  const ada = await makeCustomer(app)
  for (const kind of ['reset-password', 'verify-email', 'second-factor'] as const) {
    const token = await inTransaction(app, (tx) => issueProof(tx, kind, ada.userId))
    await expect(enterPortal(app, token, caller)).rejects.toMatchObject(invalid)
  }
  const { code } = await offerPortalSession(app, system, { user_id: ada.userId })
  const reset = { token: code, password: 'a wholly different sentence' }
  expect((await call('POST', '/auth/reset-password', { body: reset })).status).toBe(422)
  expect((await call('GET', '/api/portal/profile', { token: code })).status).toBe(401)
})

test('who was suspended or made an administrator meanwhile is not let in', async () => {
  await using app = await createTestApp()
  const [ada, eve] = [await makeCustomer(app), await makeCustomer(app)]
  const codes = []
  for (const { userId } of [ada, eve])
    codes.push((await offerPortalSession(app, system, { user_id: userId })).code)
  await suspendUser(app, system, ada.userId, {})
  await updateUser(app, system, eve.userId, { role: 'admin' })
  const [suspended, promoted] = codes as [string, string]
  await expect(enterPortal(app, suspended, caller)).rejects.toMatchObject({
    code: 'user_suspended',
  })
  await expect(enterPortal(app, promoted, caller)).rejects.toMatchObject({
    code: 'cannot_open_for_admin',
  })
  expect(await app.db.$count(sessions)).toBe(0)
})

test('who has a second factor gets a challenge and no session', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  await app.db.update(users).set({ twoFactorEnabledAt: app.now() }).where(eq(users.id, ada.userId))
  const { code } = await offerPortalSession(app, system, { user_id: ada.userId })
  expect(await enterPortal(app, code, caller)).toEqual({ challenge: expect.any(String) })
  expect(await app.db.$count(sessions)).toBe(0)
})
