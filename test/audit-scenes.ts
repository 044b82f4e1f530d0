import { desc, eq } from 'drizzle-orm'
import { Secret, TOTP } from 'otpauth'
import { mails } from '../src/core/mail/schema.ts'
import { issueKey } from '../src/features/keys/issue-key.ts'
import { createPlan } from '../src/features/plans/plans.ts'
import { setSetting } from '../src/features/settings/settings.ts'
import { createRoute } from '../src/features/upstreams/routes.ts'
import { createUpstream } from '../src/features/upstreams/upstreams.ts'
import type { TestApp } from './app.ts'
import { makeAuthenticator } from './authenticator.ts'
import { type Answer, openDoor } from './door.ts'
import { invite } from './invite.ts'
import { runAnnounced } from './jobs.ts'
import { type Customer, makeCustomer, makeMember, signInAs, system } from './make.ts'
import { webhookScenes } from './webhook-scenes.ts'

export const password = 'correct horse battery staple'
export const newPassword = 'a wholly different sentence'
/** What an operator gave for an upstream. */
export const upstreamSecret = 'the upstream keeps this'

// biome-ignore lint/suspicious/noExplicitAny: scenes read what they need of an answer
type Told = Answer<any>
type Person = Customer & { token: string }

export type Stage = Awaited<ReturnType<typeof openStage>>

/** What the scenes play on: a door, somebody signed in, and quick ways to make more. */
export async function openStage(app: TestApp) {
  const { call, door } = openDoor(app)
  const as = (token: string) => (method: string, path: string, body?: unknown) =>
    call(method, path, { token, body })
  const signedIn = async (customer: Customer): Promise<Person> => ({
    ...customer,
    token: await signInAs(app, customer),
  })
  const ada = await signedIn(await makeCustomer(app))
  const last = async (to: string) => {
    await runAnnounced(app)
    const [mail] = await app.db
      .select()
      .from(mails)
      .where(eq(mails.to, to))
      .orderBy(desc(mails.createdAt), desc(mails.id))
    return decodeURIComponent(/token=([\w.%-]+)/.exec(mail!.text)![1]!)
  }
  return {
    ...{ app, call, door, ada, last },
    admin: as(app.adminToken),
    asAda: as(ada.token),
    by: (person: Person) => as(person.token),
    person: async () => signedIn(await makeCustomer(app)),
    member: async () => signedIn(await makeMember(app, ada, 'viewer')),
    key: async () => (await issueKey(app, ada, { name: 'spare' })).id,
    plan: async () => (await createPlan(app, system, { name: unique('plan') })).id,
    upstream: async () =>
      (await createUpstream(app, system, { name: unique('up'), url: 'http://up.test' })).id,
  }
}

let made = 0
const unique = (name: string) => `${name} ${++made}`
const mail = () => `person${++made}@example.com`

/** Turns the second factor of a person on; returns its secret and recovery codes. */
async function enrol(stage: Stage, person: Person) {
  const { body } = await stage.by(person)('POST', '/api/portal/profile/two-factor/enable', {
    password,
  })
  const code = codeOf(stage, body.secret)
  await stage.by(person)('POST', '/api/portal/profile/two-factor/confirm', { code })
  return body as { secret: string; recovery_codes: [string, string] }
}

const codeOf = ({ app }: Stage, secret: string) =>
  TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: app.now().getTime() })

async function makeRoute(stage: Stage) {
  const upstream = await stage.upstream()
  const name = unique('route')
  return (await createRoute(stage.app, system, { name, path: `/v${made}/*`, upstream })).id
}

/** Gives a person a passkey; returns its id and the device that holds it. */
async function addPasskey(stage: Stage, person: Person) {
  const by = stage.by(person)
  const device = makeAuthenticator()
  const { body } = await by('POST', '/api/portal/profile/passkeys/options', { password })
  const response = device.register(body)
  const added = await by('POST', '/api/portal/profile/passkeys', { name: 'Laptop', response })
  return { added, device, path: `/api/portal/profile/passkeys/${added.body.id}` }
}

type Scene = (stage: Stage) => Promise<Told>

/** One call of every operation that changes something, by its name in the OpenAPI document. */
export const scenes: Record<string, Scene> = {
  'PUT /admin/settings/{key}': ({ admin }) =>
    admin('PUT', '/admin/settings/portal_company_name', { value: 'Northwind' }),
  'DELETE /admin/settings/{key}': ({ admin }) => admin('DELETE', '/admin/settings/key_prefix'),
  'POST /admin/plans': ({ admin }) => admin('POST', '/admin/plans', { name: unique('Plan') }),
  'PATCH /admin/plans/{id}': async (s) =>
    s.admin('PATCH', `/admin/plans/${await s.plan()}`, { price_monthly: 900 }),
  'DELETE /admin/plans/{id}': async (s) => s.admin('DELETE', `/admin/plans/${await s.plan()}`),

  'POST /admin/users': ({ admin }) => admin('POST', '/admin/users', { email: mail(), password }),
  'POST /admin/users/import': async ({ app, door }) => {
    const headers = { authorization: `Bearer ${app.adminToken}`, 'content-type': 'text/csv' }
    const body = `email,name\n${mail()},Imported\n`
    const answer = await door.request('/admin/users/import', { method: 'POST', headers, body })
    return { status: answer.status, headers: answer.headers, body: await answer.json() }
  },
  'PUT /admin/users/{id}': async (s) =>
    s.admin('PUT', `/admin/users/${s.ada.userId}`, { metadata: { size: 3 } }),
  'DELETE /admin/users/{id}': async (s) =>
    s.admin('DELETE', `/admin/users/${(await s.person()).userId}`),
  'POST /admin/users/{id}/suspend': async (s) =>
    s.admin('POST', `/admin/users/${(await s.person()).userId}/suspend`, {}),
  'POST /admin/users/{id}/activate': async (s) =>
    s.admin('POST', `/admin/users/${(await s.person()).userId}/activate`),
  'POST /admin/users/{id}/verify': async (s) =>
    s.admin('POST', `/admin/users/${(await s.person()).userId}/verify`),
  'POST /admin/users/{id}/set-password': async (s) =>
    s.admin('POST', `/admin/users/${(await s.person()).userId}/set-password`, {
      password: newPassword,
    }),
  'POST /admin/users/{id}/reset-two-factor': async (s) =>
    s.admin('POST', `/admin/users/${(await s.person()).userId}/reset-two-factor`),
  'POST /admin/users/{id}/invite': async ({ admin }) => {
    const { body } = await admin('POST', '/admin/users', { email: mail() })
    return admin('POST', `/admin/users/${body.id}/invite`)
  },
  'POST /admin/users/{id}/notes': async (s) =>
    s.admin('POST', `/admin/users/${(await s.person()).userId}/notes`, { body: 'called' }),
  'DELETE /admin/users/{id}/notes/{note}': async (s) => {
    const path = `/admin/users/${(await s.person()).userId}/notes`
    const { body } = await s.admin('POST', path, { body: 'called' })
    return s.admin('DELETE', `${path}/${body.id}`)
  },
  'DELETE /admin/users/{id}/sessions/{session}': async (s) => {
    const path = `/admin/users/${(await s.person()).userId}/sessions`
    const { body } = await s.admin('GET', path)
    return s.admin('DELETE', `${path}/${body.data[0].id}`)
  },
  'POST /admin/portal-sessions': (s) =>
    s.admin('POST', '/admin/portal-sessions', { user_id: s.ada.userId }),

  'PATCH /api/portal/profile': ({ asAda }) =>
    asAda('PATCH', '/api/portal/profile', { name: 'Ada' }),
  'DELETE /api/portal/profile': async (s) =>
    s.by(await s.person())('DELETE', '/api/portal/profile', { password }),
  'POST /api/portal/profile/password': async (s) =>
    s.by(await s.person())('POST', '/api/portal/profile/password', {
      ...{ current_password: password, new_password: newPassword },
    }),
  'POST /api/portal/profile/email': ({ asAda }) =>
    asAda('POST', '/api/portal/profile/email', { email: mail(), password }),
  'DELETE /api/portal/profile/email': async ({ asAda }) => {
    await asAda('POST', '/api/portal/profile/email', { email: mail(), password })
    return asAda('DELETE', '/api/portal/profile/email')
  },
  'POST /api/portal/profile/two-factor/enable': async (s) =>
    s.by(await s.person())('POST', '/api/portal/profile/two-factor/enable', { password }),
  'POST /api/portal/profile/two-factor/confirm': async (s) => {
    const by = s.by(await s.person())
    const { body } = await by('POST', '/api/portal/profile/two-factor/enable', { password })
    const code = codeOf(s, body.secret)
    return by('POST', '/api/portal/profile/two-factor/confirm', { code })
  },
  'POST /api/portal/profile/two-factor/disable': async (s) => {
    const person = await s.person()
    const [code] = (await enrol(s, person)).recovery_codes
    return s.by(person)('POST', '/api/portal/profile/two-factor/disable', { password, code })
  },
  'POST /api/portal/profile/two-factor/recovery-codes': async (s) => {
    const person = await s.person()
    const [code] = (await enrol(s, person)).recovery_codes
    return s.by(person)('POST', '/api/portal/profile/two-factor/recovery-codes', { password, code })
  },
  'POST /api/portal/profile/passkeys': async (s) => (await addPasskey(s, await s.person())).added,
  'PATCH /api/portal/profile/passkeys/{id}': async (s) => {
    const person = await s.person()
    const { path } = await addPasskey(s, person)
    return s.by(person)('PATCH', path, { name: 'Desk' })
  },
  'DELETE /api/portal/profile/passkeys/{id}': async (s) => {
    const person = await s.person()
    const { path } = await addPasskey(s, person)
    return s.by(person)('DELETE', path)
  },
  'POST /api/portal/auth/passkey/verify': async (s) => {
    const { device } = await addPasskey(s, await s.person())
    const { body } = await s.call('POST', '/api/portal/auth/passkey/options')
    const response = device.signIn(body)
    return s.call('POST', '/api/portal/auth/passkey/verify', { body: { response } })
  },
  'PUT /api/portal/notifications/preferences': ({ asAda }) =>
    asAda('PUT', '/api/portal/notifications/preferences', { email: { 'key.created': 'daily' } }),
  ...webhookScenes,
  'DELETE /api/portal/sessions': async (s) => {
    await signInAs(s.app, s.ada)
    return s.asAda('DELETE', '/api/portal/sessions')
  },
  'DELETE /api/portal/sessions/{id}': async (s) => {
    await signInAs(s.app, s.ada)
    const { body } = await s.asAda('GET', '/api/portal/sessions')
    const other = body.data.find((row: { is_current: boolean }) => !row.is_current)
    return s.asAda('DELETE', `/api/portal/sessions/${other.id}`)
  },

  'POST /api/portal/auth/register': ({ call }) =>
    call('POST', '/api/portal/auth/register', { body: { email: mail(), password } }),
  'POST /api/portal/auth/login': ({ call, ada }) =>
    call('POST', '/api/portal/auth/login', { body: { email: ada.email, password } }),
  'POST /portal/auth/login': ({ call, ada }) =>
    call('POST', '/portal/auth/login', { body: { email: ada.email, password } }),
  'POST /api/portal/auth/two-factor': async (s) => {
    const person = await s.person()
    const [code] = (await enrol(s, person)).recovery_codes
    const login = { email: person.email, password }
    const { body } = await s.call('POST', '/api/portal/auth/login', { body: login })
    const answer = { challenge: body.challenge, code }
    return s.call('POST', '/api/portal/auth/two-factor', { body: answer })
  },
  'POST /api/portal/auth/logout': async (s) =>
    s.by(await s.person())('POST', '/api/portal/auth/logout'),
  'POST /auth/forgot-password': ({ call, ada }) =>
    call('POST', '/auth/forgot-password', { body: { email: ada.email } }),
  'POST /auth/reset-password': async ({ call, person, last }) => {
    const { email } = await person()
    await call('POST', '/auth/forgot-password', { body: { email } })
    const body = { token: await last(email), password: newPassword }
    return call('POST', '/auth/reset-password', { body })
  },
  'POST /auth/resend-verification': async ({ app, call }) => {
    await setSetting(app, system, 'require_email_verification', true)
    const email = mail()
    await call('POST', '/api/portal/auth/register', { body: { email, password } })
    await setSetting(app, system, 'require_email_verification', false)
    return call('POST', '/auth/resend-verification', { body: { email } })
  },

  'POST /api/portal/organizations': async (s) => {
    const person = await s.person()
    await s.by(person)('DELETE', '/api/portal/organization', { password })
    return s.by(person)('POST', '/api/portal/organizations', { name: 'Anew' })
  },
  'PATCH /api/portal/organization': ({ asAda }) =>
    asAda('PATCH', '/api/portal/organization', { name: 'Renamed' }),
  'DELETE /api/portal/organization': async (s) =>
    s.by(await s.person())('DELETE', '/api/portal/organization', { password }),
  'PUT /api/portal/organization/two-factor': async (s) => {
    const person = await s.person()
    await enrol(s, person)
    return s.by(person)('PUT', '/api/portal/organization/two-factor', { required: true })
  },
  'PATCH /api/portal/members/{user_id}': async (s) =>
    s.asAda('PATCH', `/api/portal/members/${(await s.member()).userId}`, { role: 'developer' }),
  'DELETE /api/portal/members/{user_id}': async (s) =>
    s.asAda('DELETE', `/api/portal/members/${(await s.member()).userId}`),
  'POST /api/portal/invitations': ({ asAda }) =>
    asAda('POST', '/api/portal/invitations', { email: mail(), role: 'viewer' }),
  'POST /api/portal/invitations/{id}/resend': async ({ asAda }) => {
    const input = { email: mail(), role: 'viewer' }
    const { body } = await asAda('POST', '/api/portal/invitations', input)
    return asAda('POST', `/api/portal/invitations/${body.id}/resend`)
  },
  'DELETE /api/portal/invitations/{id}': async ({ asAda }) => {
    const input = { email: mail(), role: 'viewer' }
    const { body } = await asAda('POST', '/api/portal/invitations', input)
    return asAda('DELETE', `/api/portal/invitations/${body.id}`)
  },
  'POST /api/portal/invitations/{token}/accept': async (s) => {
    const person = await s.person()
    const token = await invite(s.app, s.ada, { email: person.email, role: 'viewer' })
    return s.by(person)('POST', `/api/portal/invitations/${token}/accept`)
  },
  'POST /api/portal/invitations/{token}/register': async (s) => {
    const token = await invite(s.app, s.ada, { email: mail(), role: 'viewer' })
    return s.call('POST', `/api/portal/invitations/${token}/register`, { body: { password } })
  },

  'POST /admin/meters': ({ admin }) =>
    admin('POST', '/admin/meters', { key: 'storage', name: 'Storage', kind: 'gauge', unit: 'GB' }),
  'PATCH /admin/meters/{id}': ({ admin }) =>
    admin('PATCH', '/admin/meters/storage', { unit: 'GiB', archived: true }),
  'DELETE /admin/meters/{id}': ({ admin }) => admin('DELETE', '/admin/meters/storage'),
  'POST /admin/service-keys': ({ admin }) =>
    admin('POST', '/admin/service-keys', { name: 'reporter' }),
  'DELETE /admin/service-keys/{id}': async ({ admin }) => {
    const { body } = await admin('POST', '/admin/service-keys', { name: 'reporter' })
    return admin('DELETE', `/admin/service-keys/${body.id}`)
  },

  'POST /admin/upstreams': ({ admin }) =>
    admin('POST', '/admin/upstreams', { name: unique('up'), url: 'http://up.test' }),
  'PATCH /admin/upstreams/{id}': async (s) =>
    s.admin('PATCH', `/admin/upstreams/${await s.upstream()}`, {
      auth: { type: 'bearer', secret: upstreamSecret },
    }),
  'DELETE /admin/upstreams/{id}': async (s) =>
    s.admin('DELETE', `/admin/upstreams/${await s.upstream()}`),
  'POST /admin/routes': async (s) =>
    s.admin('POST', '/admin/routes', {
      ...{ name: unique('route'), path: `/v${made}/*`, upstream: await s.upstream() },
    }),
  'PATCH /admin/routes/{id}': async (s) =>
    s.admin('PATCH', `/admin/routes/${await makeRoute(s)}`, { priority: 3 }),
  'DELETE /admin/routes/{id}': async (s) =>
    s.admin('DELETE', `/admin/routes/${await makeRoute(s)}`),

  'POST /api/portal/keys': ({ asAda }) => asAda('POST', '/api/portal/keys', { name: 'a' }),
  'POST /api/v1/customer/api-keys': ({ asAda }) =>
    asAda('POST', '/api/v1/customer/api-keys', { name: 'b' }),
  'POST /api/dev/api-keys': ({ asAda }) => asAda('POST', '/api/dev/api-keys', { name: 'c' }),
  'PATCH /api/portal/keys/{id}': async (s) =>
    s.asAda('PATCH', `/api/portal/keys/${await s.key()}`, { name: 'd' }),
  'DELETE /api/portal/keys/{id}': async (s) =>
    s.asAda('DELETE', `/api/portal/keys/${await s.key()}`),
  'DELETE /api/v1/customer/api-keys/{id}': async (s) =>
    s.asAda('DELETE', `/api/v1/customer/api-keys/${await s.key()}`),
  'POST /api/dev/api-keys/{id}/revoke': async (s) =>
    s.asAda('POST', `/api/dev/api-keys/${await s.key()}/revoke`),
  'POST /api/portal/keys/{id}/rotate': async (s) =>
    s.asAda('POST', `/api/portal/keys/${await s.key()}/rotate`, {}),
  'POST /admin/keys': (s) => s.admin('POST', '/admin/keys', { user_id: s.ada.userId, name: 'e' }),
  'DELETE /admin/keys/{id}': async (s) => s.admin('DELETE', `/admin/keys/${await s.key()}`),
  'POST /admin/keys/{id}/rotate': async (s) =>
    s.admin('POST', `/admin/keys/${await s.key()}/rotate`, {}),
}

/** Operations that change nothing that outlives them, and why. */
export const silent: Record<string, string> = {
  'POST /api/v1/events': 'tells of usage, which is its own record',
  'POST /api/portal/notifications/{id}/read': 'marks what one person has seen',
  'POST /api/portal/notifications/read-all': 'marks what one person has seen',
  'POST /api/portal/organizations/{id}/activate': 'chooses what this session shows',
  'POST /api/portal/live/token': 'gives a token that ends in seconds',
  'POST /api/portal/auth/passkey/options': 'gives a challenge that ends in minutes',
  'POST /api/portal/profile/passkeys/options': 'gives a challenge that ends in minutes',
}
