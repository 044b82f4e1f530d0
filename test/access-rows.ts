import type { MemberRole } from '../src/core/actor.ts'

/** What the rows put into paths: things of one organization, or of the operator. */
export type Thing =
  | 'key'
  | 'request'
  | 'session'
  | 'member'
  | 'invitation'
  | 'user'
  | 'plan'
  | 'meter'
  | 'service key'
  | 'upstream'
  | 'route'
  | 'mail'
  | 'note'
  | 'webhook'
  | 'delivery'

/**
 * Who gets in. `everybody` needs no sign-in, `signed-in` any, whatever became of the account;
 * `account` one that is not suspended, `confirmed` one with a confirmed address besides; a list of
 * roles names the members of an organization who may; `operator` is the admin.
 */
export type Access = 'everybody' | 'signed-in' | 'account' | 'confirmed' | 'operator' | MemberRole[]

export type Row = {
  access: Access
  /** Which thing stands for `{id}` in the path. */
  thing?: Thing
  body?: unknown
  query?: string
}

const all: MemberRole[] = ['owner', 'developer', 'billing', 'viewer']
const readers: MemberRole[] = ['owner', 'developer', 'viewer']
const developers: MemberRole[] = ['owner', 'developer']
const owners: MemberRole[] = ['owner']

const wrong = { password: 'not the password of anybody' }
const nobody = { email: 'nobody@example.com' }
const named = { name: 'another' }
const json = 'format=json'
const hook = { url: 'http://hooks.test/x', events: ['*'] }
const attestation = {
  ...{ id: 'x', rawId: 'x', type: 'public-key', clientExtensionResults: {} },
  response: { clientDataJSON: 'x', attestationObject: 'x' },
}

const writeKeys = { access: developers } as const
const operator = { access: 'operator' } as const
const account = { access: 'account' } as const
const everybody = { access: 'everybody' } as const
const confirmed = { access: 'confirmed' } as const
const signedIn = { access: 'signed-in' } as const

/** Every operation of the APIs by who may call it. */
export const rows: Record<string, Row> = {
  'GET /auth/reset-password': { ...everybody, query: 'token=x' },
  'GET /auth/verify-email': { ...everybody, query: 'token=x' },
  'GET /auth/unsubscribe': { ...everybody, query: 'token=x' },
  'POST /auth/unsubscribe': { ...everybody, query: 'token=x' },
  'POST /api/portal/auth/login': { ...everybody, body: { ...nobody, ...wrong } },
  'POST /api/portal/auth/logout': everybody,
  'POST /api/portal/auth/register': { ...everybody, body: { email: 'none', ...wrong } },
  'GET /auth/oauth/{provider}': everybody,
  'GET /auth/oauth/{provider}/callback': everybody,
  'GET /auth/sso': everybody,
  'GET /auth/sso/callback': everybody,
  'POST /api/portal/auth/passkey/options': everybody,
  'POST /api/portal/auth/passkey/verify': { ...everybody, body: { response: {} } },
  'POST /api/portal/auth/two-factor': { ...everybody, body: { challenge: 'x', code: '000000' } },
  'POST /api/portal/invitations/{token}/register': { ...everybody, body: wrong },
  'POST /auth/forgot-password': { ...everybody, body: nobody },
  'POST /auth/resend-verification': { ...everybody, body: nobody },
  'POST /auth/reset-password': { ...everybody, body: { token: 'x.y', ...wrong } },
  'POST /portal/auth/login': { ...everybody, body: { ...nobody, ...wrong } },

  'DELETE /api/portal/sessions': account,
  'DELETE /api/portal/sessions/{id}': { ...account, thing: 'session' },
  'GET /api/portal/auth/session': signedIn,
  'GET /api/portal/organizations': confirmed,
  'GET /api/portal/profile': account,
  'GET /api/portal/sessions': account,

  'DELETE /api/portal/profile': { ...account, body: wrong },
  'DELETE /api/portal/profile/email': account,
  'GET /api/portal/profile/email': account,
  'GET /api/portal/profile/export': account,
  'PATCH /api/portal/profile': { ...account, body: named },
  'POST /api/portal/profile/email': { ...account, body: { ...nobody, ...wrong } },
  'POST /api/portal/invitations/{token}/accept': account,
  'POST /api/portal/organizations': { ...confirmed, body: named },
  'POST /api/portal/organizations/{id}/activate': confirmed,
  'POST /api/portal/live/token': { access: all },
  'DELETE /api/portal/profile/passkeys/{id}': { ...account, body: wrong },
  'GET /api/portal/profile/passkeys': account,
  'PATCH /api/portal/profile/passkeys/{id}': { ...account, body: named },
  'POST /api/portal/profile/passkeys': { ...account, body: { name: 'x', response: attestation } },
  'POST /api/portal/profile/passkeys/options': { ...account, body: wrong },
  'POST /api/portal/profile/password': {
    ...account,
    body: { current_password: wrong.password, new_password: 'a longer one than before' },
  },
  'POST /api/portal/profile/two-factor/confirm': { ...account, body: { code: '000000' } },
  'POST /api/portal/profile/two-factor/disable': { ...account, body: { ...wrong, code: '000000' } },
  'POST /api/portal/profile/two-factor/enable': { ...account, body: wrong },
  'POST /api/portal/profile/two-factor/recovery-codes': {
    ...account,
    body: { ...wrong, code: '000000' },
  },

  'DELETE /api/portal/invitations/{id}': {
    access: owners,
    thing: 'invitation',
  },
  'DELETE /api/portal/keys/{id}': { ...writeKeys, thing: 'key' },
  'DELETE /api/portal/members/{user_id}': { access: owners, thing: 'member' },
  'DELETE /api/portal/organization': { access: owners, body: wrong },
  'DELETE /api/v1/customer/api-keys/{id}': { ...writeKeys, thing: 'key' },
  'GET /api/dev/api-keys': { access: readers },
  'GET /api/dev/api-keys/{id}/stats': { access: all, thing: 'key' },
  'GET /api/dev/logs': { access: readers },
  'GET /api/dev/logs/export': { access: readers, query: json },
  'GET /api/dev/logs/{id}': { access: readers, thing: 'request' },
  'GET /api/dev/overview': { access: all },
  'GET /api/dev/usage': { access: all },
  'GET /api/portal/audit': { access: readers },
  'GET /api/portal/audit/export': { access: readers, query: json },
  'GET /api/portal/invitations': { access: all },
  'GET /api/portal/keys': { access: readers },
  'GET /api/portal/keys/{id}': { access: readers, thing: 'key' },
  'GET /api/portal/keys/{id}/stats': { access: all, thing: 'key' },
  'GET /api/portal/logs': { access: readers },
  'GET /api/portal/logs/export': { access: readers, query: json },
  'GET /api/portal/logs/{id}': { access: readers, thing: 'request' },
  'GET /api/portal/alert-preferences': { access: all },
  'GET /api/v1/customer/alert-preferences': { access: all },
  'PUT /api/portal/alert-preferences': { access: owners, body: {} },
  'PUT /api/v1/customer/alert-preferences': { access: owners, body: {} },
  'GET /api/portal/webhooks': { access: readers },
  'POST /api/portal/webhooks': { access: developers, body: hook },
  'GET /api/portal/webhooks/{id}': { access: readers, thing: 'webhook' },
  'PATCH /api/portal/webhooks/{id}': { access: developers, thing: 'webhook', body: {} },
  'DELETE /api/portal/webhooks/{id}': { access: developers, thing: 'webhook' },
  'POST /api/portal/webhooks/{id}/rotate-secret': {
    ...{ access: developers, thing: 'webhook', body: {} },
  },
  'POST /api/portal/webhooks/{id}/test': { access: developers, thing: 'webhook' },
  'GET /api/portal/webhooks/{id}/deliveries': { access: readers, thing: 'webhook' },
  'GET /api/portal/webhooks/deliveries/{id}': { access: readers, thing: 'delivery' },
  'POST /api/portal/webhooks/deliveries/{id}/replay': { access: developers, thing: 'delivery' },
  'GET /api/portal/members': { access: all },
  'GET /api/portal/notifications': signedIn,
  'GET /api/portal/notifications/preferences': signedIn,
  'POST /api/portal/notifications/read-all': signedIn,
  'POST /api/portal/notifications/{id}/read': { ...signedIn, thing: 'note' },
  'PUT /api/portal/notifications/preferences': { ...signedIn, body: { email: {} } },
  'GET /api/portal/usage': { access: all },
  'GET /api/portal/usage/meters/export': { access: all, query: json },
  'GET /api/portal/usage/export': { access: all, query: json },
  'GET /api/v1/customer/api-keys': { access: readers },
  'GET /api/v1/customer/usage-stats': { access: all },
  'GET /api/portal/organization/two-factor': { access: owners },
  'PUT /api/portal/organization/two-factor': {
    access: owners,
    body: { required: false },
  },
  'PATCH /api/portal/keys/{id}': { ...writeKeys, thing: 'key', body: named },
  'PATCH /api/portal/members/{user_id}': {
    access: owners,
    thing: 'member',
    body: { role: 'viewer' },
  },
  'PATCH /api/portal/organization': { access: owners, body: named },
  'POST /api/dev/api-keys': { ...writeKeys, body: named },
  'POST /api/dev/api-keys/{id}/revoke': { ...writeKeys, thing: 'key' },
  'POST /api/portal/invitations': {
    access: owners,
    body: { email: 'new@example.com', role: 'viewer' },
  },
  'POST /api/portal/invitations/{id}/resend': {
    access: owners,
    thing: 'invitation',
  },
  'POST /api/portal/keys': { ...writeKeys, body: named },
  'POST /api/portal/keys/{id}/rotate': { ...writeKeys, thing: 'key', body: {} },
  'POST /api/v1/customer/api-keys': { ...writeKeys, body: named },

  'DELETE /admin/keys/{id}': { ...operator, thing: 'key' },
  'DELETE /admin/meters/{id}': { ...operator, thing: 'meter' },
  'DELETE /admin/plans/{id}': { ...operator, thing: 'plan' },
  'DELETE /admin/routes/{id}': { ...operator, thing: 'route' },
  'DELETE /admin/service-keys/{id}': { ...operator, thing: 'service key' },
  'DELETE /admin/settings/{key}': operator,
  'DELETE /admin/upstreams/{id}': { ...operator, thing: 'upstream' },
  'DELETE /admin/users/{id}': { ...operator, thing: 'user' },
  'DELETE /admin/users/{id}/notes/{note}': { ...operator, thing: 'user' },
  'DELETE /admin/users/{id}/sessions/{session}': { ...operator, thing: 'user' },
  'GET /admin/analytics/portal': operator,
  'GET /admin/analytics/users': operator,
  'GET /admin/audit': operator,
  'GET /admin/audit/{id}': operator,
  'GET /admin/audit/export': { ...operator, query: json },
  'GET /admin/audit/verify': operator,
  'GET /admin/keys': { ...operator, query: 'user_id=nobody' },
  'GET /admin/logs': operator,
  'GET /admin/mail': operator,
  'GET /admin/mail/{id}': { ...operator, thing: 'mail' },
  'GET /admin/meters': operator,
  'GET /admin/meters/{id}': { ...operator, thing: 'meter' },
  'GET /admin/plans': operator,
  'GET /admin/plans/{id}': { ...operator, thing: 'plan' },
  'GET /admin/routes': operator,
  'GET /admin/routes/{id}': { ...operator, thing: 'route' },
  'GET /admin/service-keys': operator,
  'GET /admin/settings': operator,
  'GET /admin/settings/{key}': operator,
  'GET /admin/upstreams': operator,
  'GET /admin/upstreams/{id}': { ...operator, thing: 'upstream' },
  'GET /admin/usage': operator,
  'GET /admin/users': operator,
  'GET /admin/users/export': { ...operator, query: json },
  'GET /admin/users/imports/{id}/export': { ...operator, query: json },
  'GET /admin/users/{id}': { ...operator, thing: 'user' },
  'GET /admin/users/{id}/notes': { ...operator, thing: 'user' },
  'GET /admin/users/{id}/sessions': { ...operator, thing: 'user' },
  'GET /admin/users/{id}/stats': { ...operator, thing: 'user' },
  'PATCH /admin/meters/{id}': { ...operator, thing: 'meter', body: {} },
  'PATCH /admin/plans/{id}': { ...operator, thing: 'plan', body: {} },
  'PATCH /admin/routes/{id}': { ...operator, thing: 'route', body: {} },
  'PATCH /admin/upstreams/{id}': { ...operator, thing: 'upstream', body: {} },
  'POST /admin/keys': { ...operator, body: { user_id: 'nobody', name: 'x' } },
  'POST /admin/keys/{id}/rotate': { ...operator, thing: 'key', body: {} },
  'POST /admin/meters': {
    ...operator,
    body: { ...named, key: 'another', kind: 'counter', unit: 'GB' },
  },
  'POST /admin/plans': { ...operator, body: named },
  'POST /admin/service-keys': { ...operator, body: named },
  'POST /api/v1/events': { ...operator, body: [] },
  'POST /admin/portal-sessions': { ...operator, body: { user_id: 'nobody' } },
  'POST /admin/routes': { ...operator, body: { name: 'new', path: '/new', upstream: 'none' } },
  'POST /admin/upstreams': { ...operator, body: { name: 'new', url: 'https://api.example.com' } },
  'POST /admin/users': { ...operator, body: { email: 'made@example.com' } },
  'POST /admin/users/import': operator,
  'POST /admin/users/{id}/activate': { ...operator, thing: 'user' },
  'POST /admin/users/{id}/invite': { ...operator, thing: 'user' },
  'POST /admin/users/{id}/notes': { ...operator, thing: 'user', body: { body: 'a note' } },
  'POST /admin/users/{id}/reset-two-factor': { ...operator, thing: 'user' },
  'POST /admin/users/{id}/set-password': { ...operator, thing: 'user', body: wrong },
  'POST /admin/users/{id}/suspend': { ...operator, thing: 'user' },
  'POST /admin/users/{id}/verify': { ...operator, thing: 'user' },
  'PUT /admin/settings/{key}': { ...operator, body: { value: 'Northwind' } },
  'PUT /admin/users/{id}': { ...operator, thing: 'user', body: {} },
}
