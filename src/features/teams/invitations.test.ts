import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { invite, readInvitation } from '../../../test/invite.ts'
import { makeCustomer, makeMember, signInAs, system } from '../../../test/make.ts'
import { mails } from '../../core/mail/schema.ts'
import { deleteUser } from '../accounts/remove-user.ts'
import { users } from '../accounts/schema.ts'
import { getUser, suspendUser, updateUser } from '../accounts/users.ts'
import { auditLog } from '../audit/schema.ts'
import { setSetting } from '../settings/settings.ts'
import { inviteMember, pruneInvitations, resendInvitation } from './invitations.ts'
import { acceptInvitation, findInvitation } from './joining.ts'
import { invitations } from './schema.ts'

const guest = { email: 'guest@example.com', role: 'developer' as const }
const account = { password: 'correct horse battery', name: 'Gus' }

test('a stranger joins by the link in the mail, with a proven address and no organization of their own', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const { call } = openDoor(app)
  const token = await signInAs(app, ada)
  const sent = await call('POST', '/api/portal/invitations', { token, body: guest })
  expect(sent).toMatchObject({ status: 201, body: guest })
  const weekMs = 7 * 86_400_000
  expect(Date.parse(sent.body.expires_at) - Date.parse(sent.body.created_at)).toBe(weekMs)
  const mail = await readInvitation(app, guest.email)
  expect(mail.text).toContain(`http://apigate.test/portal/invitations/${mail.token}`)
  expect(mail.text).toContain('as a developer')
  expect(mail.subject).toContain(ada.email)
  expect(JSON.stringify(sent.body)).not.toContain(mail.token)
  const [row] = await app.db.select().from(invitations)
  expect(JSON.stringify(row)).not.toContain(mail.token)

  const path = `/api/portal/invitations/${mail.token}`
  const joined = await call('POST', `${path}/register`, { body: account })
  expect(joined).toMatchObject({
    status: 201,
    body: {
      user: { email: guest.email, status: 'active', organization_id: null, plan_id: null },
      organization: { id: ada.organizationId, role: 'developer' },
    },
  })
  expect(joined.body.user.email_verified_at).not.toBeNull()
  const created = await call('POST', '/api/portal/keys', {
    token: joined.body.token,
    body: { name: 'first' },
  })
  expect(created.status).toBe(201)
  const keys = await call('GET', '/api/portal/keys', { token })
  expect(keys.body.data).toHaveLength(1)
  const again = await call('POST', `${path}/register`, { body: account })
  expect(again).toMatchObject({ status: 422, body: { code: 'invitation_invalid' } })
})

test('who has an account accepts with it, and with no other', async () => {
  await using app = await createTestApp()
  const [ada, bob, eve] = [
    await makeCustomer(app),
    await makeCustomer(app),
    await makeCustomer(app),
  ]
  const { call } = openDoor(app)
  const mailed = await invite(app, ada, { email: bob.email, role: 'viewer' })
  expect(await findInvitation(app, mailed)).toMatchObject({ hasAccount: true, email: bob.email })
  const path = `/api/portal/invitations/${mailed}`
  expect((await call('POST', `${path}/accept`)).status).toBe(401)
  expect(await call('POST', `${path}/register`, { body: account })).toMatchObject({
    ...{ status: 409, body: { code: 'email_taken' } },
  })
  const byEve = await call('POST', `${path}/accept`, { token: await signInAs(app, eve) })
  expect(byEve).toMatchObject({ status: 403, body: { code: 'wrong_account' } })
  const token = await signInAs(app, bob)
  const answers = await Promise.all([
    call('POST', `${path}/accept`, { token }),
    call('POST', `${path}/accept`, { token }),
  ])
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 422])
  const list = await call('GET', '/api/portal/organizations', { token })
  expect(list.body.data).toMatchObject([
    { id: bob.organizationId, role: 'owner', is_active: false },
    { id: ada.organizationId, role: 'viewer', is_active: true },
  ])
})

test('an invitation is a way in where registration is closed and addresses must be confirmed', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  await setSetting(app, system, 'portal_registration_enabled', false)
  await setSetting(app, system, 'require_email_verification', true)
  const mailed = await invite(app, ada, guest)
  const { call } = openDoor(app)
  const joined = await call('POST', `/api/portal/invitations/${mailed}/register`, { body: account })
  expect(joined).toMatchObject({ status: 201, body: { user: { status: 'active' } } })
  const own = await call('POST', '/api/portal/organizations', {
    token: joined.body.token,
    body: { name: 'Mine' },
  })
  expect(own).toMatchObject({ status: 403, body: { code: 'registration_disabled' } })
})

test('accepting proves the address of an account that still waits for that', async () => {
  await using app = await createTestApp()
  const [ada, bob] = [await makeCustomer(app), await makeCustomer(app)]
  const pending = { status: 'pending', emailVerified: false, emailVerifiedAt: null } as const
  await app.db.update(users).set(pending).where(eq(users.id, bob.userId))
  const mailed = await invite(app, ada, { email: bob.email, role: 'viewer' })
  await acceptInvitation(app, { ...bob, status: 'pending' }, mailed)
  expect(await getUser(app, system, bob.userId)).toMatchObject({ status: 'active' })
})

test('a link ends after seven days, when it is sent again, revoked, or its organization is gone', async () => {
  await using app = await createTestApp({ now: '2026-03-01T10:00:00Z' })
  const ada = await makeCustomer(app)
  const first = await invite(app, ada, guest)
  app.setNow('2026-03-01T10:00:01Z')
  const { id } = await inviteMember(app, ada, { ...guest, role: 'viewer' })
  const second = (await readInvitation(app, guest.email)).token
  expect(await findInvitation(app, first)).toBeNull()
  expect(await findInvitation(app, second)).toMatchObject({ role: 'viewer' })
  app.setNow('2026-03-08T10:00:01Z')
  expect(await findInvitation(app, second)).toBeNull()
  await resendInvitation(app, ada, id)
  const third = (await readInvitation(app, guest.email)).token
  expect(await findInvitation(app, third)).not.toBeNull()
  const { call } = openDoor(app)
  const eve = await signInAs(app, await makeCustomer(app))
  const token = await signInAs(app, ada)
  const revoke = (by: string) => call('DELETE', `/api/portal/invitations/${id}`, { token: by })
  expect((await revoke(eve)).status).toBe(404)
  expect((await revoke(token)).status).toBe(204)
  expect(await findInvitation(app, third)).toBeNull()
  const last = await invite(app, ada, guest)
  await deleteUser(app, system, ada.userId)
  expect(await findInvitation(app, last)).toBeNull()
})

test('the answer is the same whether the address has an account or not, and members are no secret', async () => {
  await using app = await createTestApp()
  const [ada, bob] = [await makeCustomer(app), await makeCustomer(app)]
  const dan = await makeMember(app, ada, 'developer')
  await suspendUser(app, system, bob.userId)
  const { call } = openDoor(app)
  const token = await signInAs(app, ada)
  const ask = (email: string) =>
    call('POST', '/api/portal/invitations', { token, body: { email, role: 'viewer' } })
  const [known, unknown] = [await ask(bob.email), await ask('nobody@example.com')]
  expect(Object.keys(known.body)).toEqual(Object.keys(unknown.body))
  expect([known.status, unknown.status]).toEqual([201, 201])
  expect(await ask(dan.email)).toMatchObject({ status: 409, body: { code: 'already_member' } })
})

test('the owner alone invites, with a confirmed address, and nobody as owner', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  for (const role of ['developer', 'billing', 'viewer'] as const) {
    const member = await makeMember(app, ada, role)
    await expect(inviteMember(app, member, guest)).rejects.toMatchObject({ code: 'forbidden' })
  }
  const pending = { ...ada, status: 'pending' as const }
  await expect(inviteMember(app, pending, guest)).rejects.toMatchObject({
    code: 'email_unverified',
  })
  const { call } = openDoor(app)
  const body = { ...guest, role: 'owner' }
  const answer = await call('POST', '/api/portal/invitations', {
    token: await signInAs(app, ada),
    body,
  })
  expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: 'role' }] } })
})

test('an organization sends so many invitations a day, revoked ones and repetitions included', async () => {
  await using app = await createTestApp({ now: '2026-03-01T10:00:00Z' })
  const [ada, eve] = [await makeCustomer(app), await makeCustomer(app)]
  await setSetting(app, system, 'team_invitations_per_day', 2)
  const { id } = await inviteMember(app, ada, guest)
  app.setNow('2026-03-01T16:00:00Z')
  await resendInvitation(app, ada, id)
  await expect(inviteMember(app, ada, guest)).rejects.toMatchObject({
    code: 'too_many_invitations',
    details: { retryAfter: 18 * 3600 },
  })
  await inviteMember(app, eve, guest)
  app.setNow('2026-03-02T10:00:01Z')
  await inviteMember(app, ada, guest)
  await setSetting(app, system, 'team_invitations_per_day', 0)
  await expect(inviteMember(app, eve, guest)).rejects.toMatchObject({
    code: 'invitations_disabled',
  })
})

test('the mail speaks the language of whom it goes to or, unknown, of the sender', async () => {
  await using app = await createTestApp()
  const [ada, bob] = [await makeCustomer(app), await makeCustomer(app)]
  await app.db.update(users).set({ locale: 'fr' }).where(eq(users.id, bob.userId))
  await inviteMember(app, ada, { email: bob.email, role: 'billing' })
  expect((await readInvitation(app, bob.email)).text).toContain('gérer la facturation')
  await inviteMember(app, ada, guest)
  expect((await readInvitation(app, guest.email)).text).toContain('as a developer')
  await app.db.update(users).set({ locale: 'fr' }).where(eq(users.id, ada.userId))
  await inviteMember(app, ada, guest)
  const { text, html } = await readInvitation(app, guest.email)
  expect(text).toContain('en tant que développeur')
  expect(html).toContain(`nous a donné votre adresse`)
})

test('old invitations are forgotten, and what happened stands in the organization’s audit log', async () => {
  await using app = await createTestApp({ now: '2026-03-01T10:00:00Z' })
  const ada = await makeCustomer(app)
  await inviteMember(app, ada, { email: 'old@example.com', role: 'viewer' })
  app.setNow('2026-04-08T10:00:00Z')
  await inviteMember(app, ada, guest)
  await pruneInvitations(app)
  const left = await app.db.select().from(invitations)
  expect(left.map(({ email }) => email)).toEqual([guest.email])
  const told = await app.db.select().from(auditLog).where(eq(auditLog.action, 'invitations.sent'))
  expect(told.map((row) => row.organizationId)).toEqual([ada.organizationId, ada.organizationId])
})

test('a name in a mail to a stranger leads nowhere', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const { call } = openDoor(app)
  const token = await signInAs(app, ada)
  const rename = (name: string) =>
    call('PATCH', '/api/portal/organization', { token, body: { name } })
  for (const name of ['Win at https://evil.example', 'WWW.evil.example']) {
    expect((await rename(name)).status).toBe(422)
  }
  expect(await rename('Acme & Söhne')).toMatchObject({
    status: 200,
    body: { name: 'Acme & Söhne' },
  })
  await updateUser(app, system, ada.userId, { name: 'Ada' })
  await inviteMember(app, ada, guest)
  const sent = await app.db.select().from(mails).where(eq(mails.to, guest.email))
  expect(sent[0]!.subject).toBe(`${ada.email} invites you to Acme & Söhne`)
})
