import { createRoute, z } from '@hono/zod-openapi'
import { PageQuery, pageOf, pageWithin } from '../../core/http/pagination.ts'
import { body, IdParam, json, noContent } from '../../core/http/responses.ts'
import { createRouter } from '../../core/http/router.ts'
import { IdempotencyHeaders, idempotent } from '../../core/idempotency/idempotency.ts'
import { countRegistration } from '../accounts/door-limits.ts'
import { callerOf, SessionJson, toSessionJson } from '../sessions/session-json.ts'
import { openSession } from '../sessions/sign-in.ts'
import { inviteMember, listInvitations, resendInvitation, revokeInvitation } from './invitations.ts'
import { acceptInvitation, registerInvited } from './joining.ts'
import { changeMember, listMembers, removeMember } from './members.ts'
import {
  activateOrganization,
  createOrganization,
  deleteOrganization,
  listOrganizations,
  renameOrganization,
} from './organizations.ts'
import {
  ChangeMember,
  DeleteOrganization,
  Invite,
  NameOrganization,
  RegisterInvited,
} from './team-input.ts'
import { InvitationJson, MemberJson, OrganizationJson } from './team-json.ts'

export const teamsApi = createRouter()

const tags = ['Teams']
const UserParam = z.object({ user_id: IdParam.shape.id.openapi({ description: 'Id or e-mail' }) })
const TokenParam = z.object({ token: z.string().max(200) })

teamsApi.openapi(
  createRoute({
    method: 'get',
    path: '/api/portal/organizations',
    tags,
    summary: 'The organizations that you belong to',
    request: { query: PageQuery },
    responses: { 200: json(pageOf(OrganizationJson), 'Your own first') },
  }),
  async (c) => {
    const organizations = await listOrganizations(c.var.app, c.var.actor)
    return c.json(
      pageWithin(organizations, c.req.valid('query'), ({ id }) => id),
      200,
    )
  },
)

teamsApi.openapi(
  createRoute({
    method: 'post',
    path: '/api/portal/organizations',
    tags,
    summary: 'Create an organization, when you own none',
    request: { body: body(NameOrganization) },
    responses: { 201: json(OrganizationJson, 'The organization; the session works in it') },
  }),
  async (c) => {
    await countRegistration(c.var.app, c.var.ip)
    return c.json(await createOrganization(c.var.app, c.var.actor, c.req.valid('json')), 201)
  },
)

teamsApi.openapi(
  createRoute({
    method: 'post',
    path: '/api/portal/organizations/{id}/activate',
    tags,
    summary: 'Work in another of your organizations from now on',
    description: 'For a single call name it in the header X-Organization-ID instead.',
    request: { params: IdParam },
    responses: { 200: json(OrganizationJson, 'The organization') },
  }),
  async (c) => {
    const { id } = c.req.valid('param')
    return c.json(await activateOrganization(c.var.app, c.var.actor, id), 200)
  },
)

teamsApi.openapi(
  createRoute({
    method: 'patch',
    path: '/api/portal/organization',
    tags,
    summary: 'Rename the organization',
    request: { body: body(NameOrganization) },
    responses: { 200: json(OrganizationJson, 'The organization') },
  }),
  async (c) => c.json(await renameOrganization(c.var.app, c.var.actor, c.req.valid('json')), 200),
)

teamsApi.openapi(
  createRoute({
    method: 'delete',
    path: '/api/portal/organization',
    tags,
    summary: 'Delete the organization with its keys and usage, when nobody else belongs to it',
    request: { body: body(DeleteOrganization) },
    responses: noContent('Deleted'),
  }),
  async (c) => {
    await deleteOrganization(c.var.app, c.var.actor, c.req.valid('json').password)
    return c.body(null, 204)
  },
)

teamsApi.openapi(
  createRoute({
    method: 'get',
    path: '/api/portal/members',
    tags,
    summary: 'Who belongs to the organization',
    request: { query: PageQuery },
    responses: { 200: json(pageOf(MemberJson), 'Newest first') },
  }),
  async (c) => c.json(await listMembers(c.var.app, c.var.actor, c.req.valid('query')), 200),
)

teamsApi.openapi(
  createRoute({
    method: 'patch',
    path: '/api/portal/members/{user_id}',
    tags,
    summary: 'Give a member another role, or hand the organization over',
    description:
      'The role `owner` takes your password; you become a developer. The other roles take none.',
    request: { params: UserParam, body: body(ChangeMember) },
    responses: { 200: json(MemberJson, 'The member') },
  }),
  async (c) => {
    const { user_id } = c.req.valid('param')
    return c.json(await changeMember(c.var.app, c.var.actor, user_id, c.req.valid('json')), 200)
  },
)

teamsApi.openapi(
  createRoute({
    method: 'delete',
    path: '/api/portal/members/{user_id}',
    tags,
    summary: 'Remove a member, or leave',
    request: { params: UserParam },
    responses: noContent('Removed'),
  }),
  async (c) => {
    await removeMember(c.var.app, c.var.actor, c.req.valid('param').user_id)
    return c.body(null, 204)
  },
)

teamsApi.openapi(
  createRoute({
    method: 'get',
    path: '/api/portal/invitations',
    tags,
    summary: 'Invitations that were not accepted yet',
    request: { query: PageQuery },
    responses: { 200: json(pageOf(InvitationJson), 'Newest first') },
  }),
  async (c) => c.json(await listInvitations(c.var.app, c.var.actor, c.req.valid('query')), 200),
)

teamsApi.openapi(
  createRoute({
    method: 'post',
    path: '/api/portal/invitations',
    tags,
    summary: 'Invite somebody by mail',
    description: 'Never tells whether the address has an account.',
    middleware: idempotent(),
    request: { headers: IdempotencyHeaders, body: body(Invite) },
    responses: { 201: json(InvitationJson, 'The mail is on its way') },
  }),
  async (c) => c.json(await inviteMember(c.var.app, c.var.actor, c.req.valid('json')), 201),
)

teamsApi.openapi(
  createRoute({
    method: 'post',
    path: '/api/portal/invitations/{id}/resend',
    tags,
    summary: 'Send another link; the first one ends',
    request: { params: IdParam },
    responses: { 200: json(InvitationJson, 'The mail is on its way') },
  }),
  async (c) => c.json(await resendInvitation(c.var.app, c.var.actor, c.req.valid('param').id), 200),
)

teamsApi.openapi(
  createRoute({
    method: 'delete',
    path: '/api/portal/invitations/{id}',
    tags,
    summary: 'Revoke an invitation',
    request: { params: IdParam },
    responses: noContent('Revoked'),
  }),
  async (c) => {
    await revokeInvitation(c.var.app, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)

teamsApi.openapi(
  createRoute({
    method: 'post',
    path: '/api/portal/invitations/{token}/accept',
    tags,
    summary: 'Join, by the token of the mail to your address',
    request: { params: TokenParam },
    responses: { 200: json(OrganizationJson, 'The organization; the session works in it') },
  }),
  async (c) =>
    c.json(await acceptInvitation(c.var.app, c.var.actor, c.req.valid('param').token), 200),
)

teamsApi.openapi(
  createRoute({
    method: 'post',
    path: '/api/portal/invitations/{token}/register',
    tags,
    summary: 'Make an account for the invited address, and join',
    security: [],
    request: { params: TokenParam, body: body(RegisterInvited) },
    responses: {
      201: json(SessionJson.extend({ organization: OrganizationJson }), 'Registered and joined'),
    },
  }),
  async (c) => {
    const { app, actor, ip } = c.var
    await countRegistration(app, ip)
    const { token } = c.req.valid('param')
    const { user, organization } = await registerInvited(app, actor, token, c.req.valid('json'))
    const session = await openSession(app, user, callerOf(c))
    return c.json({ ...(await toSessionJson(c, session)), organization }, 201)
  },
)
