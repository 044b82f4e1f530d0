import { eq, sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { anEvent, makeMeters, report } from '../../../test/events.ts'
import { runAnnounced } from '../../../test/jobs.ts'
import { type Customer, makeCustomer, makeMember, signInAs, system } from '../../../test/make.ts'
import { startReceiver } from '../../../test/receiver.ts'
import { aRecord, recordAll } from '../../../test/usage.ts'
import type { App } from '../../core/app.ts'
import { mails } from '../../core/mail/schema.ts'
import { deleteUser } from '../accounts/remove-user.ts'
import { identities, organizations, users } from '../accounts/schema.ts'
import { setUserPassword, suspendUser } from '../accounts/users.ts'
import { auditLog } from '../audit/schema.ts'
import { activeDays } from '../insights/schema.ts'
import { issueKey } from '../keys/issue-key.ts'
import { updateAlertPreferences } from '../notifications/alert-preferences.ts'
import { updateMailModes } from '../notifications/mail-modes.ts'
import { passkeys } from '../sessions/schema.ts'
import { inviteMember } from '../teams/invitations.ts'
import { createWebhook } from '../webhooks/webhooks.ts'
import { getDeletion } from './deletion.ts'

async function exportAs(app: TestApp, person: Pick<Customer, 'email'>) {
  const token = await signInAs(app, person)
  return openDoor(app).call('GET', '/api/portal/profile/export', { token })
}

/** Gives a person something of everything that an account can have. */
async function fillAccount(app: App, ada: Customer, url: string) {
  await createWebhook(app, ada, { url: `${url}/a-secret`, events: ['*'], description: 'Ours' })
  await updateAlertPreferences(app, ada, {
    slack: { enabled: false, webhook_url: `${url}/a-secret` },
    thresholds: [60],
  })
  await updateMailModes(app, ada, { 'key.created': 'daily' })
  await issueKey(app, ada, { name: 'Backend' })
  await setUserPassword(app, system, ada.userId, 'correct horse battery staple')
  await inviteMember(app, ada, { email: 'carol@example.com', role: 'billing' })
  await report(app, [anEvent({ subject: ada.email, type: 'storage', value: 0.1 })])
  await app.db.insert(activeDays).values({ day: '2026-11-10', userId: ada.userId })
  await app.db.insert(passkeys).values({
    ...{ id: 'psk_1', userId: ada.userId, name: 'Laptop', credentialId: 'x', counter: 0 },
    ...{ publicKey: 'public-key-of', isSynced: false },
  })
}

/** Tables in which one of these texts stands. */
async function tablesWith(app: App, traces: string[]): Promise<string[]> {
  const { rows } = await app.db.execute<{ name: string }>(sql`
    select relname as name from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where nspname = 'public' and relkind in ('r', 'p') and not relispartition order by relname`)
  const found = await Promise.all(
    rows.map(async ({ name }) => {
      const { rows: hits } = await app.db.execute(sql`
        select from ${sql.identifier(name)} t
        where t::text ~ ${traces.join('|').replaceAll('.', '\\.')} limit 1`)
      return hits.length > 0 ? [name] : []
    }),
  )
  return found.flat()
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
  const team = ['members', 'invitations']
  const usage = ['usage_by_month', 'meters_by_month', 'meter_events']
  const told = ['notifications', 'alert_preferences']
  const webhooks = ['webhooks', 'webhook_deliveries']
  const expected = [...team, 'keys', ...usage, 'requests', ...told, ...webhooks, 'audit']
  expect(await seen('viewer')).toEqual(expected)
  expect(await seen('developer')).toEqual(expected)
  expect(await seen('billing')).toEqual([...team, ...usage, ...told])
})

test('an organization that requires a second factor gives nothing to a member without one, another gives all', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const bob = await makeMember(app, ada, 'developer')
  await app.db
    .update(organizations)
    .set({ requiresTwoFactor: true })
    .where(eq(organizations.id, ada.organizationId))
  const exported = async () => {
    const { body } = await exportAs(app, bob)
    return body.organizations.map((one: object) => ['keys' in one, 'audit' in one])
  }
  const [shut, open] = [
    [false, false],
    [true, true],
  ]
  expect(await exported()).toEqual([open, shut])
  await app.db
    .update(users)
    .set({ lastOrganizationId: ada.organizationId })
    .where(eq(users.id, bob.userId))
  expect(await exported()).toEqual([open, shut])
})

test('what a person was told, chose and set up is in the download, without what opens something', async () => {
  await using app = await createTestApp()
  await makeMeters(app)
  const ada = await makeCustomer(app)
  const bob = await makeCustomer(app)
  await using hook = await startReceiver(app)
  await fillAccount(app, ada, hook.url)
  await inviteMember(app, bob, { email: ada.email, role: 'viewer' })
  await issueKey(app, bob, { name: 'Secret of Bob' })
  for (let round = 0; round < 3; round++) await runAnnounced(app)
  const { body } = await exportAs(app, ada)
  expect(body).toMatchObject({
    two_factor: { enabled_at: null, recovery_codes_left: 0 },
    passkeys: [{ name: 'Laptop' }],
    active_days: ['2026-11-10'],
    mail_modes: { 'key.created': 'daily' },
    notifications: [{ type: 'account.password_changed', read_at: null }],
    invitations: [{ organization: bob.name, role: 'viewer' }],
  })
  const [own] = body.organizations
  expect(own).toMatchObject({
    members: [{ email: ada.email }],
    invitations: [{ email: 'carol@example.com', role: 'billing' }],
    notifications: [{ type: 'key.created', data: { name: 'Backend' } }],
    alert_preferences: { slack: { webhook_url: expect.stringMatching(/…/) }, thresholds: [60] },
    webhooks: [{ description: 'Ours', events: ['*'], enabled: true }],
    meter_events: [{ meter: 'storage', source: 'tests', value: '0.1' }],
  })
  const delivered = own.webhook_deliveries.map(({ type }: { type: string }) => type)
  expect(delivered.sort()).toEqual(['account.password_changed', 'key.created'])
  const whole = JSON.stringify(body)
  expect(whole).not.toMatch(/whsec_|a-secret|public-key-of|Secret of Bob/)
})

test('a deleted person leaves nothing behind but a farewell and a log without what is personal', async () => {
  await using app = await createTestApp()
  await makeMeters(app)
  const ada = await makeCustomer(app)
  await using hook = await startReceiver(app)
  await fillAccount(app, ada, hook.url)
  await recordAll(app, [aRecord(ada, Date.now())])
  await exportAs(app, ada)
  for (let round = 0; round < 3; round++) await runAnnounced(app)
  const traces = [ada.userId, ada.organizationId, ada.email, 'carol@example.com']
  expect((await tablesWith(app, traces)).length).toBeGreaterThan(15)
  await deleteUser(app, system, ada.userId)
  for (let round = 0; round < 3; round++) await runAnnounced(app)
  expect(await tablesWith(app, traces)).toEqual(['audit_log', 'mails'])
  const left = await app.db.select().from(mails)
  expect(left.map(({ template }) => template).sort()).toEqual([
    'accounts.deleted',
    'accounts.invitation',
  ])
  expect(JSON.stringify(await app.db.select().from(auditLog))).not.toContain(ada.email)
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
