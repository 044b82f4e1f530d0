import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { makeCustomer, signInAs, system } from '../../../test/make.ts'
import { mails } from '../../core/mail/schema.ts'
import { ListAudit } from '../audit/audit-input.ts'
import { listAudit } from '../audit/list-audit.ts'
import { createPlan } from '../plans/plans.ts'
import { deleteUser } from './remove-user.ts'
import { createUser, getUser, inviteUser, suspendUser, updateUser } from './users.ts'

const admin = (app: TestApp) => ({ token: app.adminToken })

test('the operator creates, reads by id and by e-mail, changes in part, and deletes', async () => {
  await using app = await createTestApp()
  const plan = await createPlan(app, system, { name: 'Free' })
  const pro = await createPlan(app, system, { name: 'Pro' })
  const { call } = openDoor(app)
  const metadata = { company_size: '10-50', seats: 7, vip: true }
  const body = { email: 'Ada@Example.com', name: 'Ada', metadata, id: 'user-123' }
  const made = await call('POST', '/admin/users', { ...admin(app), body })
  expect(made).toMatchObject({
    status: 201,
    body: { ...body, email: 'ada@example.com', plan_id: plan.id, role: 'customer' },
  })
  expect(JSON.stringify(made.body)).not.toContain('password')
  const byMail = await call('GET', '/admin/users/ada@example.com', admin(app))
  expect(byMail.body).toEqual(made.body)

  const changed = await call('PUT', '/admin/users/user-123', {
    ...admin(app),
    body: { plan_id: 'pro', metadata: { seats: 8 }, stripe_customer_id: 'cus_1' },
  })
  expect(changed.body).toEqual({
    ...made.body,
    plan_id: pro.id,
    metadata: { seats: 8 },
    stripe_customer_id: 'cus_1',
  })
  const unknown = { ...admin(app), body: { nickname: 'A' } }
  expect((await call('PUT', '/admin/users/user-123', unknown)).status).toBe(422)
  expect((await call('DELETE', '/admin/users/user-123', admin(app))).status).toBe(204)
  expect((await call('GET', '/admin/users/user-123', admin(app))).status).toBe(404)
  for (const id of ['export', 'new', 'a/b'])
    expect(
      (await call('POST', '/admin/users', { ...admin(app), body: { ...body, id } })).status,
    ).toBe(422)
})

test('a suspension keeps its reason from the customer and from their organization’s log', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const token = await signInAs(app, ada)
  const { call } = openDoor(app)
  const reason = 'Three chargebacks'
  const path = `/admin/users/${ada.userId}`
  const suspended = await call('POST', `${path}/suspend`, { ...admin(app), body: { reason } })
  expect(suspended.body).toMatchObject({ status: 'suspended', suspension_reason: reason })
  expect(suspended.body.suspended_at).toBeTruthy()
  const session = await call('GET', '/api/portal/auth/session', { token })
  expect(session.body.user.status).toBe('suspended')
  expect(JSON.stringify(session.body)).not.toContain('chargeback')
  const query = ListAudit.parse({ action: 'users.suspended' })
  const [row] = (await listAudit(app, system, query)).data
  expect(row).toMatchObject({ target: { id: ada.userId }, changes: { reason } })
  const active = await call('POST', `${path}/activate`, admin(app))
  expect(active.body).toMatchObject({
    status: 'active',
    suspension_reason: null,
    suspended_at: null,
  })
  // Without a body, as contracts have it.
  expect((await call('POST', `${path}/suspend`, admin(app))).status).toBe(200)
})

test('the last active administrator cannot be suspended, demoted or deleted, by whatever way', async () => {
  await using app = await createTestApp()
  const nora = await makeCustomer(app, { role: 'admin' })
  const other = await makeCustomer(app, { role: 'admin' })
  await suspendUser(app, system, other.userId)
  const { call } = openDoor(app)
  const path = `/admin/users/${nora.userId}`
  const token = await signInAs(app, nora)
  const attempts = [
    call('POST', `${path}/suspend`, { token }),
    call('DELETE', path, { token }),
    call('PUT', path, { token, body: { role: 'customer' } }),
    call('PUT', path, { token, body: { status: 'pending' } }),
    call('DELETE', '/api/portal/profile', {
      token,
      body: { password: 'correct horse battery staple' },
    }),
  ]
  for (const answer of await Promise.all(attempts))
    expect(answer).toMatchObject({ status: 409, body: { code: 'last_admin' } })
  expect(await getUser(app, system, nora.userId)).toMatchObject({ role: 'admin', status: 'active' })
  const rename = await call('PUT', path, { token, body: { name: 'N.', role: 'admin' } })
  expect(rename.status).toBe(200)
})

test('two administrators who remove each other at once leave one', async () => {
  await using app = await createTestApp()
  const one = await makeCustomer(app, { role: 'admin' })
  const two = await makeCustomer(app, { role: 'admin' })
  const results = await Promise.allSettled([
    updateUser(app, one, two.userId, { role: 'customer' }),
    deleteUser(app, two, one.userId),
    suspendUser(app, two, one.userId),
  ])
  expect(results.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0)
  const left = []
  for (const { userId } of [one, two]) {
    const user = await getUser(app, system, userId).catch(() => null)
    if (user?.role === 'admin' && user.status === 'active') left.push(userId)
  }
  expect(left).toHaveLength(1)
})

test('an invitation leads to a password of the person’s own, and proves the address', async () => {
  await using app = await createTestApp({ now: '2026-11-24T12:00:00Z' })
  const { call } = openDoor(app)
  const body = { email: 'ada@example.com', send_invitation: true }
  const both = { ...body, password: 'correct horse battery' }
  expect((await call('POST', '/admin/users', { ...admin(app), body: both })).status).toBe(422)
  const made = await call('POST', '/admin/users', { ...admin(app), body })
  expect(made.body).toMatchObject({ status: 'active', email_verified_at: null })
  const tokens = async () => {
    const sent = await app.db.select().from(mails).where(eq(mails.template, 'accounts.invited'))
    return sent.map(({ text }) => /token=([\w.%-]+)/.exec(text)![1]!)
  }
  const [first] = await tokens()
  await inviteUser(app, system, made.body.id)
  const [, second] = await tokens()
  app.setNow('2026-12-01T11:00:00Z')
  const choose = (token: string | undefined) =>
    call('POST', '/auth/reset-password', { body: { token, password: 'correct horse battery' } })
  expect((await choose(first)).body.code).toBe('token_invalid')
  expect((await choose(second)).status).toBe(204)
  expect((await getUser(app, system, 'ada@example.com')).emailVerifiedAt).not.toBeNull()
  const login = { email: 'ada@example.com', password: 'correct horse battery' }
  expect((await call('POST', '/api/portal/auth/login', { body: login })).status).toBe(200)
})

test('a link that was mailed to an old address opens nothing once the address has changed', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  const user = await createUser(app, system, { email: 'old@example.com', send_invitation: true })
  const [mail] = await app.db.select().from(mails)
  const token = /token=([\w.%-]+)/.exec(mail!.text)![1]
  await updateUser(app, system, user.id, { email: 'new@example.com' })
  const body = { token, password: 'correct horse battery' }
  expect((await call('POST', '/auth/reset-password', { body })).body.code).toBe('token_invalid')
})

test('metadata that would not fit into headers is refused', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  await createUser(app, system, { email: 'ada@example.com' })
  const put = async (metadata: unknown) =>
    (await call('PUT', '/admin/users/ada@example.com', { ...admin(app), body: { metadata } }))
      .status
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, at]))
  expect(await put(many(50))).toBe(200)
  expect(await put(many(51))).toBe(422)
  expect(await put({ company_size: 1, 'Company-Size': 2 })).toBe(422)
  expect(await put({ note: 'é'.repeat(1000) })).toBe(422)
  for (const name of ['', '1st', 'a b', 'a:b', 'é', 'a\r\nX-Evil', 'x'.repeat(65)])
    expect([name, await put({ [name]: 1 })]).toEqual([name, 422])
  for (const value of [null, [], {}, 'x'.repeat(1001)]) expect(await put({ note: value })).toBe(422)
})
