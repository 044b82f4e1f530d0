import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MemberRole, memberRoles } from '../src/core/actor.ts'
import { issueKey } from '../src/features/keys/issue-key.ts'
import { createTestApp, type TestApp } from './app.ts'
import { openDoor } from './door.ts'
import { type Customer, makeCustomer, makeMember, signInAs } from './make.ts'
import { aRecord, recordAll } from './usage.ts'

let app: TestApp
let owner: Customer
let stranger: Customer
let keyId: string
let requestId: string
const tokens = new Map<MemberRole, string>()

beforeAll(async () => {
  app = await createTestApp()
  owner = await makeCustomer(app)
  stranger = await makeCustomer(app)
  keyId = (await issueKey(app, owner, { name: 'first' })).id
  const record = aRecord(owner, app.now().getTime(), { keyId })
  await recordAll(app, [record])
  requestId = record.id
  tokens.set('owner', await signInAs(app, owner))
  for (const role of ['developer', 'billing', 'viewer'] as const)
    tokens.set(role, await signInAs(app, await makeMember(app, owner, role)))
})
afterAll(() => app[Symbol.asyncDispose]())

/** Who may call what: the method, the path, who gets an answer, and a body where there is one. */
const everybody: MemberRole[] = [...memberRoles]
const developers: MemberRole[] = ['owner', 'developer']
const readersOfKeys: MemberRole[] = ['owner', 'developer', 'viewer']
const named = { name: 'another' }
const endpoints: [method: string, path: string, roles: MemberRole[], body?: unknown][] = [
  ['GET', '/api/portal/keys', readersOfKeys],
  ['GET', '/api/v1/customer/api-keys', readersOfKeys],
  ['GET', '/api/dev/api-keys', readersOfKeys],
  ['GET', '/api/portal/keys/:key', readersOfKeys],
  ['POST', '/api/portal/keys', developers, named],
  ['POST', '/api/v1/customer/api-keys', developers, named],
  ['POST', '/api/dev/api-keys', developers, named],
  ['PATCH', '/api/portal/keys/:key', developers, named],
  ['POST', '/api/portal/keys/:key/rotate', developers, {}],
  ['DELETE', '/api/portal/keys/:key', developers],
  ['DELETE', '/api/v1/customer/api-keys/:key', developers],
  ['POST', '/api/dev/api-keys/:key/revoke', developers],
  ['GET', '/api/portal/keys/:key/stats', everybody],
  ['GET', '/api/dev/api-keys/:key/stats', everybody],
  ['GET', '/api/portal/usage', everybody],
  ['GET', '/api/dev/usage', everybody],
  ['GET', '/api/portal/usage/export?format=json', everybody],
  ['GET', '/api/v1/customer/usage-stats', everybody],
  ['GET', '/api/dev/overview', everybody],
  ['GET', '/api/portal/logs', readersOfKeys],
  ['GET', '/api/dev/logs', readersOfKeys],
  ['GET', '/api/portal/logs/:request', readersOfKeys],
  ['GET', '/api/portal/logs/export?format=json', readersOfKeys],
  ['GET', '/api/dev/logs/export?format=json', readersOfKeys],
  ['GET', '/api/portal/members', everybody],
  ['GET', '/api/portal/invitations', everybody],
  ['POST', '/api/portal/invitations', ['owner'], { email: 'new@example.com', role: 'viewer' }],
  ['PATCH', '/api/portal/organization', ['owner'], named],
]

test.each(endpoints)('%s %s is for %j', async (method, path, allowed, body) => {
  const { call } = openDoor(app)
  for (const role of memberRoles) {
    const fresh = (await issueKey(app, owner, { name: role })).id
    const answer = await call(method, path.replace(':key', fresh).replace(':request', requestId), {
      token: tokens.get(role),
      headers: { 'x-organization-id': owner.organizationId },
      body,
    })
    if (allowed.includes(role)) expect([role, answer.status < 300]).toEqual([role, true])
    else expect([role, answer.status, answer.body.code]).toEqual([role, 403, 'forbidden'])
  }
})

test('whoever reads keys reads no secret of one', async () => {
  const { call } = openDoor(app)
  for (const role of readersOfKeys) {
    const headers = { 'x-organization-id': owner.organizationId }
    const token = tokens.get(role)
    const list = await call('GET', '/api/portal/keys', { token, headers })
    const one = await call('GET', `/api/portal/keys/${keyId}`, { token, headers })
    expect(one.body.id).toBe(keyId)
    expect(JSON.stringify([list.body, one.body])).not.toMatch(/ak_(live|test)_[0-9A-Za-z]{49}/)
  }
})

test('an organization that is not the caller’s is not found, and never silently another one', async () => {
  const { call } = openDoor(app)
  const token = await signInAs(app, stranger)
  for (const id of [owner.organizationId, 'org_none', '']) {
    const headers = { 'x-organization-id': id }
    const answer = await call('GET', '/api/portal/keys', { token, headers })
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } })
  }
  expect((await call('GET', '/api/portal/keys', { token })).status).toBe(200)
})
