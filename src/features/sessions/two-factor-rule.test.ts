import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { type Customer, makeCustomer, signInAs } from '../../../test/make.ts'
import { insertMember } from '../accounts/organizations.ts'
import { users } from '../accounts/schema.ts'

const rule = '/api/portal/organization/two-factor'

/** An owner, and a member of the owner's organization who has one of their own too; both signed in. */
async function makeTeam(app: TestApp) {
  const [owner, member] = [await makeCustomer(app), await makeCustomer(app)]
  const { organizationId } = owner
  await insertMember(app, { organizationId, userId: member.userId, role: 'developer' })
  const tokens = { owner: await signInAs(app, owner), member: await signInAs(app, member) }
  const headers = { 'x-organization-id': organizationId }
  const { call } = openDoor(app)
  const require = (required: boolean, token = tokens.owner) =>
    call('PUT', rule, { token, headers, body: { required } })
  const asMember = (method: string, path: string, body?: object) =>
    call(method, path, { token: tokens.member, headers, body })
  return { owner, member, tokens, call, require, asMember }
}

const enrol = (app: TestApp, { userId }: Customer) =>
  app.db.update(users).set({ twoFactorEnabledAt: app.now() }).where(eq(users.id, userId))

test('where it is required, a member without a second factor can do nothing until it is set up', async () => {
  await using app = await createTestApp()
  const { owner, member, tokens, call, require, asMember } = await makeTeam(app)
  await enrol(app, owner)
  expect((await asMember('GET', '/api/portal/keys')).status).toBe(200)
  const set = await require(true)
  expect(set).toMatchObject({ status: 200, body: { required: true, members_without: 1 } })

  for (const [method, path, body] of [
    ['GET', '/api/portal/keys'],
    ['POST', '/api/portal/keys', { name: 'x' }],
    ['GET', '/api/portal/usage'],
    ['GET', '/api/portal/logs'],
    ['GET', '/api/v1/customer/usage-stats'],
    ['GET', '/api/dev/api-keys'],
  ] as [string, string, object?][]) {
    const answer = await asMember(method, path, body)
    expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'two_factor_required'])
  }
  expect((await asMember('GET', '/api/portal/profile')).status).toBe(200)
  const own = await call('GET', '/api/portal/keys', { token: tokens.member })
  expect(own.status).toBe(200)

  await enrol(app, member)
  expect((await asMember('GET', '/api/portal/keys')).status).toBe(200)
})

test('the rule is the owner’s to make, who has a second factor, and to end', async () => {
  await using app = await createTestApp()
  const { owner, tokens, call, require, asMember } = await makeTeam(app)
  const early = await require(true)
  expect(early).toMatchObject({ status: 409, body: { code: 'two_factor_not_enabled' } })
  await enrol(app, owner)
  expect((await require(true, tokens.member)).body.code).toBe('forbidden')
  await require(true)
  expect((await asMember('GET', rule)).body.code).toBe('two_factor_required')
  expect((await require(false)).body.required).toBe(false)
  expect((await asMember('GET', '/api/portal/keys')).status).toBe(200)
  const { body } = await call('GET', '/admin/audit?action=organizations.two_factor_rule_changed', {
    token: app.adminToken,
  })
  expect(body.data).toHaveLength(2)
})
