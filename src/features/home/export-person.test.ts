import { expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { type Customer, makeCustomer, makeMember, signInAs, system } from '../../../test/make.ts'
import { aRecord, recordAll } from '../../../test/usage.ts'
import { identities } from '../accounts/schema.ts'
import { suspendUser } from '../accounts/users.ts'
import { issueKey } from '../keys/issue-key.ts'
import { getDeletion } from './deletion.ts'

async function exportAs(app: TestApp, person: Pick<Customer, 'email'>) {
  const token = await signInAs(app, person)
  return openDoor(app).call('GET', '/api/portal/profile/export', { token })
}

test('a person downloads all that is held about them, and nothing that opens an account', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const bob = await makeCustomer(app)
  const { key, id } = await issueKey(app, ada, { name: 'Backend' })
  const foreign = await issueKey(app, bob, { name: 'Secret of Bob' })
  await recordAll(app, [
    aRecord(ada, Date.now(), { keyId: id }),
    aRecord(ada, Date.now(), { keyId: id }),
  ])
  await recordAll(app, [aRecord(bob, Date.now(), { keyId: foreign.id })])
  const { body, headers } = await exportAs(app, ada)
  expect(headers.get('content-disposition')).toMatch(/^attachment; filename="your-data-.*\.json"$/)
  expect(body.profile).toMatchObject({ id: ada.userId, email: ada.email })
  expect(body.sign_in_methods).toMatchObject([{ method: 'password' }])
  expect(body.sessions).toHaveLength(1)
  expect(body.activity.map((row: { action: string }) => row.action)).toContain('users.signed_in')
  expect(body.organizations).toHaveLength(1)
  const [own] = body.organizations
  expect(own).toMatchObject({ id: ada.organizationId, role: 'owner', plan: { id: ada.planId } })
  expect(own.keys).toMatchObject([{ id, name: 'Backend' }])
  expect(own.requests).toHaveLength(2)
  expect(own.usage_by_month).toMatchObject([{ key_name: 'Backend', requests: 2 }])
  expect(own.audit.map((row: { action: string }) => row.action)).toContain('keys.issued')
  const whole = JSON.stringify(body)
  expect(whole).not.toContain(key)
  expect(whole).not.toMatch(/argon2|"token"|Secret of Bob/)
})

test('of an organization that is somebody else’s, a member gets what the role lets them see', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  await issueKey(app, ada, { name: 'Backend' })
  const seen = async (role: 'developer' | 'billing' | 'viewer') => {
    const member = await makeMember(app, ada, role)
    const { body } = await exportAs(app, member)
    const theirs = body.organizations.find((one: { id: string }) => one.id === ada.organizationId)
    return Object.keys(theirs).filter((name) => !['id', 'name', 'role', 'plan'].includes(name))
  }
  const usage = ['usage_by_month', 'meters_by_month']
  const expected = ['keys', ...usage, 'requests', 'audit']
  expect(await seen('viewer')).toEqual(expected)
  expect(await seen('developer')).toEqual(expected)
  expect(await seen('billing')).toEqual(usage)
})

test('an account without a password goes by its address, right after signing in', async () => {
  await using app = await createTestApp({ now: '2026-03-01T10:00:00Z' })
  const ada = await makeCustomer(app)
  const token = await signInAs(app, ada)
  await app.db.delete(identities)
  const { call } = openDoor(app)
  const remove = (body: object) => call('DELETE', '/api/portal/profile', { token, body })
  app.setNow(new Date(Date.now() + 15 * 60_000))
  expect((await remove({ email: ada.email })).body.code).toBe('sign_in_again')
  app.setNow(new Date())
  expect((await remove({ email: 'other@example.com' })).body.code).toBe('invalid_credentials')
  expect((await remove({ password: 'correct horse battery staple' })).status).toBe(422)
  expect((await remove({ email: ada.email.toUpperCase() })).status).toBe(204)
  expect((await call('GET', '/api/portal/profile', { token })).status).toBe(401)
})

test('a download is refused before it begins', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const token = await signInAs(app, ada)
  await suspendUser(app, system, ada.userId)
  const { call } = openDoor(app)
  const path = '/api/portal/profile/export'
  expect((await call('GET', path, { token })).body.code).toBe('user_suspended')
  expect((await call('GET', path)).status).toBe(401)
})

test('before an account is deleted its owner is told what goes with it', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const bob = await makeMember(app, ada, 'viewer')
  const { id } = await issueKey(app, ada, { name: 'Backend' })
  await recordAll(app, [aRecord(ada, Date.now(), { keyId: id })])
  expect(await getDeletion(app, ada)).toEqual({
    own: { keys: 1, requests: 1, others: 1 },
    ...{ left: [], hasPassword: true, isFresh: false },
  })
  expect(await getDeletion(app, bob)).toMatchObject({
    own: { keys: 0, requests: 0, others: 0 },
    left: [ada.name],
  })
})
