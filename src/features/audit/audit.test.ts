import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { makeCustomer, signInAs, system } from '../../../test/make.ts'
import { resources } from '../../ui/locales/en.ts'
import { insertMember } from '../accounts/organizations.ts'
import { activateUser, suspendUser } from '../accounts/users.ts'
import { issueKey } from '../keys/issue-key.ts'
import { createPlan } from '../plans/plans.ts'
import { auditActions } from './actions.ts'
import { recordAudit } from './audit.ts'
import { AuditFilter, ListAudit } from './audit-input.ts'
import { exportAudit, listAudit } from './list-audit.ts'

const all = ListAudit.parse({ limit: 100 })

test('a row tells the request that it came from, whoever called, and none for the program itself', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  const ada = await makeCustomer(app)
  const token = await signInAs(app, ada)
  const body = { name: 'Ada' }
  const byUser = await call('PATCH', '/api/portal/profile', { token, body })
  const byToken = await call('POST', '/admin/plans', { token: app.adminToken, body })
  const login = { email: ada.email, password: 'correct horse battery staple' }
  const bySignIn = await call('POST', '/api/portal/auth/login', { body: login })
  await createPlan(app, system, { name: 'Own' })

  const { data } = await listAudit(app, system, all)
  const told = data.slice(0, 4).map(({ action, request_id }) => [action, request_id])
  const idOf = (answer: { headers: Headers }) => answer.headers.get('x-request-id')
  expect(told).toEqual([
    ['plans.created', null],
    ['users.signed_in', idOf(bySignIn)],
    ['plans.created', idOf(byToken)],
    ['profile.updated', idOf(byUser)],
  ])
})

test('what is named like a secret is never stored, however deep', async () => {
  await using app = await createTestApp()
  await recordAudit(app, system, {
    ...{ action: 'settings.set', target: { type: 'setting', id: 'x' } },
    changes: {
      name: 'n',
      password: 'p1',
      auth: { type: 'basic', secret: 'p2' },
      keys: [{ api_key: 'p3' }],
    },
  })
  const { data } = await listAudit(app, system, all)
  expect(data[0]!.changes).toEqual({
    ...{ name: 'n', password: '(hidden)' },
    ...{ auth: { type: 'basic', secret: '(hidden)' }, keys: [{ api_key: '(hidden)' }] },
  })
})

test('the log is narrowed down by each of its filters, and by all together', async () => {
  await using app = await createTestApp({ now: '2026-03-01T22:30:00Z' })
  const { call } = openDoor(app)
  const admin = await makeCustomer(app, { role: 'admin' })
  const [ada, bob] = [await makeCustomer(app), await makeCustomer(app)]
  app.setNow('2026-03-02T12:00:00Z')
  const key = await issueKey(app, ada, { name: '100%_sure' })
  const other = await issueKey(app, { ...bob, requestId: 'req_of_bob' }, { name: 'other' })
  const find = async (query: string) => {
    const { body } = await call('GET', `/admin/audit?limit=100&${query}`, { token: app.adminToken })
    return body.data.map(({ target }: { target: { id: string } }) => target.id)
  }
  expect(await find('action=keys')).toEqual([other.id, key.id])
  expect(await find(`action=keys&actor=${ada.userId}`)).toEqual([key.id])
  expect(await find(`actor=${ada.email.toUpperCase()}`)).toEqual([key.id])
  expect(await find(`target=${other.id}`)).toEqual([other.id])
  expect(await find(`organization=${bob.organizationId}&action=keys`)).toEqual([other.id])
  expect(await find('request_id=req_of_bob')).toEqual([other.id])
  expect(await find('q=100%25_S')).toEqual([key.id])
  expect(await find('q=100x')).toEqual([])
  expect(await find('from=2026-03-02&to=2026-03-03')).toEqual([other.id, key.id])
  expect(await find('to=2026-03-02&q=users.created')).toHaveLength(3)
  expect(await find(`action=keys&actor=${ada.email}&from=2026-03-03`)).toEqual([])
  expect((await call('GET', '/admin/audit', { token: await signInAs(app, bob) })).status).toBe(403)
  expect((await call('GET', '/admin/audit?from=x', { token: app.adminToken })).status).toBe(422)
  expect(admin.role).toBe('admin')
})

test('members see what happened in their organization, and not who works for the operator', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  const admin = await makeCustomer(app, { role: 'admin' })
  const [ada, bob, developer] = [
    await makeCustomer(app),
    await makeCustomer(app),
    await makeCustomer(app),
  ]
  const { organizationId } = ada
  await insertMember(app, { organizationId, userId: developer.userId, role: 'developer' })
  await insertMember(app, { organizationId, userId: bob.userId, role: 'billing' })
  await issueKey(app, ada, { name: 'mine' })
  await issueKey(app, bob, { name: 'of another' })
  await suspendUser(app, admin, ada.userId, { reason: 'chargeback' })
  await activateUser(app, admin, ada.userId)
  const headers = { 'x-organization-id': organizationId }
  const read = async (customer: typeof ada, path = '/api/portal/audit') =>
    call('GET', path, { token: await signInAs(app, customer), headers })

  const { status, body } = await read(developer)
  expect(status).toBe(200)
  expect(body.data.map(({ action }: { action: string }) => action)).toEqual([
    ...['users.activated', 'users.suspended', 'keys.issued', 'users.created'],
  ])
  const [, suspended, issued] = body.data
  expect(suspended).toMatchObject({
    ...{ actor: { type: 'operator', id: null, email: null }, ip: null, changes: {} },
  })
  expect(issued).toMatchObject({ actor: { email: ada.email }, ip: ada.ip })
  expect((await read(bob)).status).toBe(403)
  expect((await read(bob, '/api/portal/audit/export')).status).toBe(403)
  const file = await read(developer, '/api/portal/audit/export?format=json&action=keys')
  expect(file.body).toHaveLength(1)
})

test('an export holds every row that matches, and a text that begins like a formula is none', async () => {
  await using app = await createTestApp()
  for (let i = 0; i < 3; i++) await createPlan(app, system, { name: `=cmd|${i}` })
  const { door } = openDoor(app)
  const headers = { authorization: `Bearer ${app.adminToken}`, accept: 'text/html' }
  const csv = await door.request('/admin/audit/export?action=plans', { headers })
  expect(csv.headers.get('content-disposition')).toMatch(/^attachment; filename="audit-.+\.csv"$/)
  const lines = (await csv.text()).trim().split('\r\n')
  expect(lines).toHaveLength(4)
  expect(lines[0]).toMatch(/^id,time,actor_type,actor_id,actor_email,action,/)
  const batches = exportAudit(app, system, AuditFilter.parse({ action: 'plans' }), 'UTC')
  let rows = 0
  for await (const batch of batches) rows += batch.length
  expect(rows).toBe(3)
})

test('every action has words for people', () => {
  const words = resources.audit.actions as Record<string, Record<string, string>>
  const named = Object.entries(words).flatMap(([area, verbs]) =>
    Object.keys(verbs).map((verb) => `${area}.${verb}`),
  )
  expect(named.sort()).toEqual([...auditActions].sort())
})
