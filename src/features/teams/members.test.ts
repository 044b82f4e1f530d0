import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { invite } from '../../../test/invite.ts'
import { makeCustomer, makeMember, signInAs, system } from '../../../test/make.ts'
import { inTransaction } from '../../core/app.ts'
import { digestOf } from '../../core/key-format.ts'
import { mails } from '../../core/mail/schema.ts'
import { lockOrganization } from '../accounts/organizations.ts'
import { members, organizations, users } from '../accounts/schema.ts'
import { getUser, suspendUser, updateUser } from '../accounts/users.ts'
import { auditLog } from '../audit/schema.ts'
import { findGrant } from '../keys/find-grant.ts'
import { issueKey } from '../keys/issue-key.ts'
import { createPlan } from '../plans/plans.ts'
import { setSetting } from '../settings/settings.ts'
import { acceptInvitation, registerInvited } from './joining.ts'
import { changeMember, listMembers, removeMember } from './members.ts'
import { createOrganization, deleteOrganization } from './organizations.ts'

const password = 'correct horse battery staple'
const all = { limit: 100 }

const actionsIn = async (app: TestApp, organizationId: string) =>
  (await app.db.select().from(auditLog).where(eq(auditLog.organizationId, organizationId))).map(
    ({ action }) => action,
  )

test('members see one another and when they were last there; nobody else sees them', async () => {
  await using app = await createTestApp()
  const [ada, eve] = [await makeCustomer(app), await makeCustomer(app)]
  const bob = await makeMember(app, ada, 'viewer')
  const { call } = openDoor(app)
  const token = await signInAs(app, bob)
  const headers = { 'x-organization-id': ada.organizationId }
  const seen = await call('GET', '/api/portal/members', { token, headers })
  expect(seen.body.data).toMatchObject([
    { user_id: bob.userId, role: 'viewer', last_seen_at: expect.stringMatching(/^20/) },
    { user_id: ada.userId, role: 'owner', status: 'active', last_seen_at: null },
  ])
  const page = await call('GET', '/api/portal/members?limit=1', { token, headers })
  const rest = `/api/portal/members?limit=1&cursor=${page.body.next_cursor}`
  expect((await call('GET', rest, { token, headers })).body.data[0].user_id).toBe(ada.userId)
  expect((await listMembers(app, eve, all)).data.map((row) => row.user_id)).toEqual([eve.userId])
})

test('a new role holds from the next request on', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const bob = await makeMember(app, ada, 'developer')
  const eve = await makeCustomer(app)
  const { call } = openDoor(app)
  const [tokenOfAda, token] = [await signInAs(app, ada), await signInAs(app, bob)]
  const headers = { 'x-organization-id': ada.organizationId }
  const create = async () =>
    (await call('POST', '/api/portal/keys', { token, headers, body: { name: 'x' } })).status
  expect(await create()).toBe(201)
  const path = `/api/portal/members/${bob.email}`
  const changed = await call('PATCH', path, { token: tokenOfAda, body: { role: 'viewer' } })
  expect(changed).toMatchObject({ status: 200, body: { user_id: bob.userId, role: 'viewer' } })
  expect(await create()).toBe(403)
  await expect(changeMember(app, bob, bob.userId, { role: 'billing' })).rejects.toMatchObject({
    code: 'forbidden',
  })
  await expect(changeMember(app, ada, eve.userId, { role: 'billing' })).rejects.toMatchObject({
    code: 'not_found',
  })
  await expect(changeMember(app, ada, ada.userId, { role: 'viewer' })).rejects.toMatchObject({
    code: 'owner_required',
  })
  expect(await actionsIn(app, ada.organizationId)).toContain('members.role_changed')
})

test('who is removed or leaves is out with the next request, and their keys stay', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const [bob, dan] = [
    await makeMember(app, ada, 'developer'),
    await makeMember(app, ada, 'developer'),
  ]
  const { key } = await issueKey(app, bob, { name: 'of Bob' })
  const { call } = openDoor(app)
  const token = await signInAs(app, bob)
  const active = `/api/portal/organizations/${ada.organizationId}/activate`
  expect((await call('POST', active, { token })).body.is_active).toBe(true)
  await removeMember(app, ada, bob.userId)
  const session = await call('GET', '/api/portal/organizations', { token })
  expect(session.body.data).toMatchObject([{ id: bob.ownOrganizationId, is_active: true }])
  expect((await call('POST', active, { token })).status).toBe(404)
  expect((await findGrant(app, digestOf(key)))?.organizationId).toBe(ada.organizationId)

  await expect(removeMember(app, dan, ada.userId)).rejects.toMatchObject({ code: 'forbidden' })
  await removeMember(app, dan, dan.userId)
  await expect(removeMember(app, ada, ada.userId)).rejects.toMatchObject({ code: 'owner_required' })
  const sent = await app.db.select().from(mails)
  expect(sent.map(({ template, to }) => [template, to])).toContainEqual([
    'accounts.removed',
    bob.email,
  ])
  expect(sent.some(({ to }) => to === dan.email)).toBe(false)
  expect(await actionsIn(app, ada.organizationId)).toEqual(
    expect.arrayContaining(['members.removed', 'members.left']),
  )
})

test('no rule of an organization keeps anybody in it', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const bob = { ...(await makeMember(app, ada, 'viewer')), lacksTwoFactor: true }
  await expect(listMembers(app, bob, all)).rejects.toMatchObject({ code: 'two_factor_required' })
  await removeMember(app, bob, bob.userId)
  expect((await listMembers(app, ada, all)).data).toHaveLength(1)
})

test('ownership moves with the password, and with it what keys answer for', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const { key } = await issueKey(app, ada, { name: 'first' })
  const token = await invite(app, ada, { email: 'bob@example.com', role: 'billing' })
  const { user: bob } = await registerInvited(app, { type: 'anonymous', ip: null }, token, {
    password,
  })
  const { call } = openDoor(app)
  const path = `/api/portal/members/${bob.id}`
  const session = await signInAs(app, ada)
  const ask = (body: unknown) => call('PATCH', path, { token: session, body })
  expect(await ask({ role: 'owner' })).toMatchObject({
    ...{ status: 422, body: { errors: [{ path: 'password' }] } },
  })
  expect((await ask({ role: 'owner', password: 'no' })).body.code).toBe('invalid_credentials')
  const signals: unknown[] = []
  app.signals.listen((signal) => void signals.push(signal))
  expect(await ask({ role: 'owner', password })).toMatchObject({
    ...{ status: 200, body: { user_id: bob.id, role: 'owner' } },
  })
  expect(signals).toEqual([{ topic: 'organizations', ids: [ada.organizationId] }])
  expect(await getUser(app, system, bob.id)).toMatchObject({
    ...{ organizationId: ada.organizationId, planId: ada.planId },
  })
  expect(await getUser(app, system, ada.userId)).toMatchObject({
    ...{ organizationId: null, planId: null },
  })
  const mine = await call('GET', '/api/portal/organizations', { token: session })
  expect(mine.body.data).toMatchObject([{ id: ada.organizationId, role: 'developer' }])
  await suspendUser(app, system, bob.id)
  const grant = await findGrant(app, digestOf(key))
  expect(grant).toMatchObject({ userId: bob.id, ownerStatus: 'suspended' })
  const told = (await app.db.select().from(mails)).map(({ template, to }) => [template, to])
  expect(told).toContainEqual(['accounts.owner', bob.email])
  expect(told).toContainEqual(['accounts.formerOwner', ada.email])
})

test('an unused organization makes room for the one that is handed over, and a used one stands in the way', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const [fresh, busy, paying] = [
    await makeMember(app, ada, 'developer'),
    await makeMember(app, ada, 'developer'),
    await makeMember(app, ada, 'developer'),
  ]
  await issueKey(
    app,
    { ...busy, organizationId: busy.ownOrganizationId, memberRole: 'owner' },
    { name: 'in use' },
  )
  const pro = await createPlan(app, system, { name: 'Pro', is_default: false })
  await updateUser(app, system, paying.userId, { plan_id: pro.id })
  const handTo = (userId: string) => changeMember(app, ada, userId, { role: 'owner', password })
  for (const { userId, ownOrganizationId } of [busy, paying]) {
    await expect(handTo(userId)).rejects.toMatchObject({ code: 'owns_organization' })
    expect(await app.db.$count(organizations, eq(organizations.id, ownOrganizationId))).toBe(1)
  }
  expect((await handTo(fresh.userId)).role).toBe('owner')
  const left = await app.db.select().from(organizations)
  expect(left.filter(({ ownerId }) => ownerId === fresh.userId)).toMatchObject([
    { id: ada.organizationId },
  ])
})

test('an organization is handed over once, to somebody active, and by its owner', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const [bob, dan, eve] = [
    await makeMember(app, ada, 'developer'),
    await makeMember(app, ada, 'developer'),
    await makeMember(app, ada, 'viewer'),
  ]
  const owner = { role: 'owner' as const, password }
  await expect(changeMember(app, bob, bob.userId, owner)).rejects.toMatchObject({
    code: 'forbidden',
  })
  await suspendUser(app, system, eve.userId)
  await expect(changeMember(app, ada, eve.userId, owner)).rejects.toMatchObject({
    code: 'member_not_active',
  })
  const results = await Promise.allSettled([
    changeMember(app, ada, bob.userId, owner),
    changeMember(app, ada, dan.userId, owner),
  ])
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const { data } = await listMembers(app, ada, all)
  expect(data.filter(({ role }) => role === 'owner')).toHaveLength(1)
  expect(data.find(({ user_id }) => user_id === ada.userId)?.role).toBe('developer')
})

test('two who hand over to each other at once do not wait for ever', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const bob = await makeMember(app, ada, 'developer')
  const hers = { ...ada }
  const his = { ...bob, organizationId: bob.ownOrganizationId, memberRole: 'owner' as const }
  const token = await invite(app, his, { email: ada.email, role: 'developer' })
  await acceptInvitation(app, ada, token)
  const results = await Promise.allSettled([
    changeMember(app, hers, bob.userId, { role: 'owner', password }),
    changeMember(app, his, ada.userId, { role: 'owner', password }),
  ])
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason.code).toBe('owns_organization')
  }
})

test('who owns none makes one while registration is open, and deletes it when alone', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const bob = await makeMember(app, ada, 'viewer')
  await expect(createOrganization(app, bob, { name: 'Second' })).rejects.toMatchObject({
    code: 'owns_organization',
  })
  await expect(deleteOrganization(app, bob, password)).rejects.toMatchObject({ code: 'forbidden' })
  await expect(deleteOrganization(app, ada, password)).rejects.toMatchObject({
    code: 'organization_has_members',
  })
  await removeMember(app, ada, bob.userId)
  await deleteOrganization(app, ada, password)
  const { call } = openDoor(app)
  const token = await signInAs(app, ada)
  expect((await call('GET', '/api/portal/keys', { token })).body.code).toBe('no_organization')
  const made = await call('POST', '/api/portal/organizations', { token, body: { name: 'Again' } })
  expect(made).toMatchObject({ status: 201, body: { name: 'Again', role: 'owner' } })
  expect((await call('POST', '/api/portal/keys', { token, body: { name: 'k' } })).status).toBe(201)
  await setSetting(app, system, 'portal_registration_enabled', false)
  await app.db.delete(organizations).where(eq(organizations.id, made.body.id))
  await expect(createOrganization(app, ada, { name: 'Third' })).rejects.toMatchObject({
    code: 'registration_disabled',
  })
})

test('a new session begins where the person worked last', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const bob = await makeMember(app, ada, 'viewer')
  const { call } = openDoor(app)
  const activeOf = async (token: string) =>
    (await call('GET', '/api/portal/organizations', { token })).body.data.find(
      (row: { is_active: boolean }) => row.is_active,
    ).id
  const first = await signInAs(app, bob)
  expect(await activeOf(first)).toBe(bob.ownOrganizationId)
  await call('POST', `/api/portal/organizations/${ada.organizationId}/activate`, { token: first })
  const second = await signInAs(app, bob)
  expect(await activeOf(second)).toBe(ada.organizationId)
  await call('POST', `/api/portal/organizations/${bob.ownOrganizationId}/activate`, {
    token: second,
  })
  expect(await activeOf(first)).toBe(ada.organizationId)
  const [row] = await app.db.select().from(users).where(eq(users.id, bob.userId))
  expect(row!.lastOrganizationId).toBe(bob.ownOrganizationId)
})

test('a member who goes while their role is changed has no new role, in the log neither', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const bob = await makeMember(app, ada, 'developer')
  const isReading = Promise.withResolvers<void>()
  const db = new Proxy(app.db, {
    get: (target, name) => {
      if (name === 'transaction') isReading.resolve()
      return Reflect.get(target, name)
    },
  })
  const { refusal } = await inTransaction(app, async (tx) => {
    await lockOrganization(tx, ada.organizationId)
    const change = changeMember({ ...app, db }, ada, bob.userId, { role: 'viewer' })
    // Listened for from here on: it may be refused before this transaction has returned.
    const refusal = expect(change).rejects.toMatchObject({ code: 'not_found' })
    await isReading.promise
    await tx.db.delete(members).where(eq(members.userId, bob.userId))
    return { refusal }
  })
  await refusal
  expect(await actionsIn(app, ada.organizationId)).not.toContain('members.role_changed')
})
