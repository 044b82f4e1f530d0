import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MemberRole, memberRoles } from '../src/core/actor.ts'
import { inTransaction } from '../src/core/app.ts'
import { queueMail } from '../src/core/mail/mail.ts'
import { mails } from '../src/core/mail/schema.ts'
import { organizations } from '../src/features/accounts/schema.ts'
import { findUser } from '../src/features/accounts/user-rows.ts'
import { updateUser } from '../src/features/accounts/users.ts'
import { issueKey } from '../src/features/keys/issue-key.ts'
import { createMeter } from '../src/features/meters/meters.ts'
import { issueServiceKey } from '../src/features/meters/service-keys.ts'
import { createPlan } from '../src/features/plans/plans.ts'
import { openSession } from '../src/features/sessions/sign-in.ts'
import { setSetting } from '../src/features/settings/settings.ts'
import { inviteMember } from '../src/features/teams/invitations.ts'
import { createRoute } from '../src/features/upstreams/routes.ts'
import { createUpstream } from '../src/features/upstreams/upstreams.ts'
import { testWebhook } from '../src/features/webhooks/deliveries.ts'
import { webhookEndpoints } from '../src/features/webhooks/schema.ts'
import { createWebhook } from '../src/features/webhooks/webhooks.ts'
import { type Row, rows, type Thing } from './access-rows.ts'
import { createTestApp, type TestApp } from './app.ts'
import { openDoor } from './door.ts'
import { type Customer, makeCustomer, makeMember, system } from './make.ts'
import { aRecord, recordAll } from './usage.ts'

type Person = 'pending' | 'suspended' | 'one factor' | 'stranger' | 'agent' | 'admin' | MemberRole
/** Those who are refused come first, so that the thing is still there when they ask for it. */
const callers = [
  ...(['nobody', 'api key', 'pending', 'suspended', 'one factor', 'stranger', 'agent'] as const),
  ...(['viewer', 'billing', 'developer', 'owner', 'admin', 'token'] as const),
]
type Caller = (typeof callers)[number]

let app: TestApp
let owner: Customer
let apiKey: string
const accounts = new Map<Person, Customer>()
const sessions = new Map<Person, string>()

beforeAll(async () => {
  app = await createTestApp()
  app.config.outboundAllowedHosts.push('hooks.test')
  owner = await makeCustomer(app, { plan: { max_api_keys: 1000 } })
  await setSetting(app, system, 'team_invitations_per_day', 1000)
  apiKey = (await issueKey(app, owner, { name: 'first' })).key
  accounts.set('owner', owner)
  for (const role of ['developer', 'billing', 'viewer'] as const)
    accounts.set(role, await makeMember(app, owner, role))
  for (const person of ['pending', 'suspended', 'one factor', 'stranger'] as const)
    accounts.set(person, await makeCustomer(app))
  for (const role of ['agent', 'admin'] as const)
    accounts.set(role, await makeCustomer(app, { role }))
  for (const status of ['pending', 'suspended'] as const)
    await updateUser(app, system, accounts.get(status)!.userId, { status })
  await app.db
    .update(organizations)
    .set({ requiresTwoFactor: true })
    .where(eq(organizations.id, accounts.get('one factor')!.organizationId))
})
afterAll(() => app[Symbol.asyncDispose]())

const isMember = (caller: Caller): caller is MemberRole =>
  memberRoles.some((role) => role === caller)
async function sessionOf(person: Person): Promise<string> {
  const known = sessions.get(person)
  if (known) return known
  const user = (await findUser(app, accounts.get(person)!.userId))!
  const { token } = await openSession(app, user, { ip: null, userAgent: null })
  sessions.set(person, token)
  return token
}

/** What a caller shows as a bearer token. */
async function tokenOf(caller: Caller): Promise<string | undefined> {
  if (caller === 'nobody') return undefined
  if (caller === 'api key') return apiKey
  return caller === 'token' ? app.adminToken : sessionOf(caller)
}

let made = 0

/** Makes a thing that no row has touched yet. */
const makeThing: Record<Thing, (name: string) => Promise<{ id: string }>> = {
  key: (name) => issueKey(app, owner, { name }),
  request: async () => {
    const record = aRecord(owner, app.now().getTime())
    await recordAll(app, [record])
    return record
  },
  session: async () => ({ id: 'ses_none' }),
  note: async () => ({ id: 'evt_none' }),
  webhook: async (name) => {
    await app.db.delete(webhookEndpoints)
    const url = 'http://hooks.test/x'
    return createWebhook(app, owner, { url, events: ['*'], description: name })
  },
  delivery: async (name) => {
    const { id } = await makeThing.webhook(name)
    return testWebhook(app, owner, id)
  },
  member: async () => ({ id: (await makeMember(app, owner, 'viewer')).userId }),
  invitation: (name) => inviteMember(app, owner, { email: `${name}@example.com`, role: 'viewer' }),
  user: async () => ({ id: (await makeCustomer(app)).userId }),
  plan: (name) => createPlan(app, system, { name }),
  meter: async (name) => {
    await createMeter(app, system, { key: name, name, kind: 'counter', unit: 'GB' })
    return { id: name }
  },
  'service key': (name) => issueServiceKey(app, system, { name, scopes: ['meter:write'] }),
  upstream: (name) => createUpstream(app, system, { name, url: 'https://api.example.com' }),
  route: async (name) => {
    const { id: upstream } = await makeThing.upstream(name)
    return createRoute(app, system, { name, path: `/${name}`, upstream })
  },
  mail: async (name) => {
    const mail = { to: 'ada@example.com', subject: name, html: name, text: name }
    await inTransaction(app, (tx) => queueMail(tx, 'tests.access', mail))
    const [queued] = await app.db.select({ id: mails.id }).from(mails).limit(1)
    return queued!
  },
}

const keptOut = [
  'unauthenticated',
  'forbidden',
  'user_suspended',
  'email_unverified',
  'two_factor_required',
  'csrf_failed',
]

/** What must become of a call: `in`, or why not. */
function expected(operation: string, { access, thing }: Row, caller: Caller): string {
  if (caller === 'nobody' || caller === 'api key')
    return access === 'everybody' ? 'in' : 'unauthenticated'
  if (access === 'operator') return caller === 'token' || caller === 'admin' ? 'in' : 'forbidden'
  if (caller === 'token') return access === 'everybody' ? 'in' : 'unauthenticated'
  // The customers' APIs are closed to accounts that are not active, but for signing in and out.
  const isClosed = / \/api\/(?!portal\/auth\/)/.test(operation)
  if (caller === 'suspended' && isClosed) return 'user_suspended'
  if (caller === 'pending' && isClosed && access !== 'account') return 'email_unverified'
  const isOwn = access === 'account' || access === 'confirmed'
  if (caller === 'one factor' && isClosed && !isOwn) return 'two_factor_required'
  if (!Array.isArray(access)) return thing ? 'not_found' : 'in'
  if (isMember(caller)) return access.includes(caller) ? 'in' : 'forbidden'
  return thing ? 'not_found' : 'in'
}

test.each(Object.entries(rows))('%s', async (operation, row) => {
  const [method, pattern] = operation.split(' ') as [string, string]
  made += 1
  const thing = row.thing ? await makeThing[row.thing](`thing-${made}`) : { id: 'none' }
  const path = pattern.replace('{key}', 'portal_company_name').replace(/\{\w+\}/, thing.id)
  const { call } = openDoor(app)
  const outcomes: Record<string, string> = {}
  for (const caller of callers) {
    const answer = await call(method, row.query ? `${path}?${row.query}` : path, {
      ip: `203.0.113.${made % 250}`,
      token: await tokenOf(caller),
      headers: {
        ...(caller === 'api key' && { 'x-api-key': apiKey }),
        ...(isMember(caller) && { 'x-organization-id': owner.organizationId }),
      },
      body: row.body,
    })
    if (!method.startsWith('G') && row.access === 'everybody') sessions.clear()
    if (pattern === '/api/portal/sessions') sessions.clear()
    expect(answer.status, caller).toBeLessThan(500)
    const code = answer.body?.code
    outcomes[caller] =
      keptOut.includes(code) || expected(operation, row, caller) === code ? code : 'in'
  }
  const wanted = Object.fromEntries(
    callers.map((caller) => [caller, expected(operation, row, caller)]),
  )
  expect(outcomes).toEqual(wanted)
})

test('whoever may not write learns nothing of the fields: a bad body comes after the question who asks', async () => {
  const { call } = openDoor(app)
  const writes = Object.entries(rows).filter(
    ([operation, row]) => !operation.startsWith('GET') && row.access !== 'everybody',
  )
  for (const [at, [operation, row]] of writes.entries()) {
    const [method, pattern] = operation.split(' ') as [string, string]
    const ask = async (token?: string) => {
      const ip = `192.0.2.${at % 250}`
      const path = pattern.replace(/\{\w+\}/g, 'none')
      return (await call(method, path, { ip, token, body: { no: 'such field' } })).status
    }
    expect([operation, await ask()]).toEqual([operation, 401])
    if (row.access !== 'operator') continue
    expect([operation, await ask(await sessionOf('owner'))]).toEqual([operation, 403])
  }
})

test('every operation of the APIs is in the table, and the table has no other', async () => {
  const { call } = openDoor(app)
  const { body } = await call('GET', '/openapi.json')
  const operations = Object.entries(body.paths as Record<string, object>).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(Object.keys(rows).sort()).toEqual(operations.sort())
})

test('whoever reads keys reads no secret of one', async () => {
  const { call } = openDoor(app)
  const { id: keyId } = await issueKey(app, owner, { name: 'read' })
  for (const role of ['owner', 'developer', 'viewer'] as const) {
    const headers = { 'x-organization-id': owner.organizationId }
    const token = await sessionOf(role)
    const list = await call('GET', '/api/portal/keys', { token, headers })
    const one = await call('GET', `/api/portal/keys/${keyId}`, { token, headers })
    expect(one.body.id).toBe(keyId)
    expect(JSON.stringify([list.body, one.body])).not.toMatch(/ak_(live|test)_[0-9A-Za-z]{49}/)
  }
})

test('an organization that is not the caller’s is not found, and never silently another one', async () => {
  const { call } = openDoor(app)
  const token = await sessionOf('stranger')
  for (const id of [owner.organizationId, 'org_none', '']) {
    const headers = { 'x-organization-id': id }
    const answer = await call('GET', '/api/portal/keys', { token, headers })
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } })
  }
  expect((await call('GET', '/api/portal/keys', { token })).status).toBe(200)
})
