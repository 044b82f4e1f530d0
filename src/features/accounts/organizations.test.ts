import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { makeCustomer, makeMember, signInAs, system } from '../../../test/make.ts'
import { auditLog } from '../audit/schema.ts'
import { insertOrganization } from './organizations.ts'
import { deleteUser } from './remove-user.ts'
import { members, organizations, sessions } from './schema.ts'
import { insertUser } from './user-rows.ts'
import { getUser, updateUser } from './users.ts'

const password = 'correct horse battery staple'

test('who owns an organization with others in it cannot delete the account, and the operator can', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const bob = await makeMember(app, ada, 'developer')
  const { call } = openDoor(app)
  const token = await signInAs(app, ada)
  const refused = await call('DELETE', '/api/portal/profile', { token, body: { password } })
  expect(refused).toMatchObject({ status: 409, body: { code: 'organization_has_members' } })
  const signals: unknown[] = []
  app.signals.listen((signal) => void signals.push(signal))
  await deleteUser(app, system, ada.userId)
  expect(signals).toEqual([{ topic: 'organizations', ids: [ada.organizationId] }])
  expect(app.announced).toContainEqual({
    name: 'accounts.organization_deleted',
    payload: { organizationId: ada.organizationId },
  })
  const left = await app.db.select().from(members)
  expect(left.map(({ organizationId }) => organizationId)).toEqual([bob.ownOrganizationId])
})

test('who leaves with the account is told of in the audit log of each organization', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const bob = await makeMember(app, ada, 'developer')
  const token = await signInAs(app, bob)
  const { call } = openDoor(app)
  expect((await call('DELETE', '/api/portal/profile', { token, body: { password } })).status).toBe(
    204,
  )
  const actionsIn = async (organizationId: string) =>
    (await app.db.select().from(auditLog).where(eq(auditLog.organizationId, organizationId))).map(
      ({ action }) => action,
    )
  expect(await actionsIn(ada.organizationId)).toContain('members.left')
  expect(await actionsIn(bob.ownOrganizationId)).toContain('organizations.deleted')
})

test('a session goes on in the own organization when the other one is lost', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const bob = await makeMember(app, ada, 'viewer')
  const { call } = openDoor(app)
  const token = await signInAs(app, bob)
  const create = async () =>
    (await call('POST', '/api/portal/keys', { token, body: { name: 'a key' } })).status
  expect(await create()).toBe(201)
  await app.db.update(sessions).set({ activeOrganizationId: ada.organizationId })
  expect(await create()).toBe(403)
  await app.db.delete(members).where(eq(members.organizationId, ada.organizationId))
  expect(await create()).toBe(201)
})

test('a person owns one organization at most, and one without has no plan to change', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const another = { ownerId: ada.userId, name: 'Second', planId: null }
  await expect(insertOrganization(app, another)).rejects.toThrow()
  expect(await app.db.$count(organizations)).toBe(1)
  const bob = await insertUser(app, {
    ...{ email: 'bob@example.com', name: 'Bob', role: 'customer', status: 'active' },
    ...{ isVerified: true, passwordHash: null },
  })
  expect(await getUser(app, system, bob.id)).toMatchObject({ organizationId: null, planId: null })
  await expect(updateUser(app, system, bob.id, { plan_id: ada.planId })).rejects.toMatchObject({
    details: { errors: [{ path: 'plan_id' }] },
  })
})
