import { createRoute, z } from '@hono/zod-openapi'
import { notFound } from '../../core/errors.ts'
import { body, json, noContent } from '../../core/http/responses.ts'
import { createRouter } from '../../core/http/router.ts'
import {
  ChangeEmail,
  cancelEmailChange,
  findEmailChange,
  requestEmailChange,
} from './email-change.ts'
import {
  ChangePassword,
  changePassword,
  DeleteProfile,
  deleteProfile,
  getProfile,
  getSignedIn,
  UpdateProfile,
  updateProfile,
} from './profile.ts'
import type { EmailChange } from './schema.ts'
import { toUserJson, UserJson } from './user-json.ts'

export const accountsApi = createRouter()

const tags = ['Accounts']

accountsApi.openapi(
  createRoute({
    method: 'get',
    path: '/api/portal/auth/session',
    tags,
    summary: 'Who is signed in',
    responses: { 200: json(z.object({ user: UserJson }), 'The session') },
  }),
  async (c) => c.json({ user: toUserJson(await getSignedIn(c.var.app, c.var.actor)) }, 200),
)

accountsApi.openapi(
  createRoute({
    method: 'get',
    path: '/api/portal/profile',
    tags,
    summary: 'Your profile',
    responses: { 200: json(UserJson, 'The profile') },
  }),
  async (c) => c.json(toUserJson(await getProfile(c.var.app, c.var.actor)), 200),
)

accountsApi.openapi(
  createRoute({
    method: 'patch',
    path: '/api/portal/profile',
    tags,
    summary: 'Change your name, language or time zone',
    request: { body: body(UpdateProfile) },
    responses: { 200: json(UserJson, 'The profile') },
  }),
  async (c) =>
    c.json(toUserJson(await updateProfile(c.var.app, c.var.actor, c.req.valid('json'))), 200),
)

accountsApi.openapi(
  createRoute({
    method: 'delete',
    path: '/api/portal/profile',
    tags,
    summary: 'Delete your account with all that it owns',
    request: { body: body(DeleteProfile) },
    responses: { 204: { description: 'Deleted' } },
  }),
  async (c) => {
    await deleteProfile(c.var.app, c.var.actor, c.req.valid('json'))
    return c.body(null, 204)
  },
)

accountsApi.openapi(
  createRoute({
    method: 'post',
    path: '/api/portal/profile/password',
    tags,
    summary: 'Change your password and end your other sessions',
    request: { body: body(ChangePassword) },
    responses: { 204: { description: 'Changed' } },
  }),
  async (c) => {
    await changePassword(c.var.app, c.var.actor, c.req.valid('json'))
    return c.body(null, 204)
  },
)

const EmailChangeJson = z
  .object({
    email: z.string(),
    expires_at: z.string(),
    new_address_agreed: z.boolean(),
    present_address_agreed: z.boolean(),
  })
  .openapi('EmailChange')

function toEmailChangeJson(change: EmailChange): z.infer<typeof EmailChangeJson> {
  return {
    email: change.newEmail,
    expires_at: change.expiresAt.toISOString(),
    new_address_agreed: change.newAgreedAt !== null,
    present_address_agreed: change.oldAgreedAt !== null,
  }
}

accountsApi.openapi(
  createRoute({
    method: 'post',
    path: '/api/portal/profile/email',
    tags,
    summary: 'Move your account to another e-mail address, once both addresses agree',
    request: { body: body(ChangeEmail) },
    responses: { 202: json(EmailChangeJson, 'Both addresses are asked, by mail') },
  }),
  async (c) => {
    const change = await requestEmailChange(c.var.app, c.var.actor, c.req.valid('json'))
    return c.json(toEmailChangeJson(change), 202)
  },
)

accountsApi.openapi(
  createRoute({
    method: 'get',
    path: '/api/portal/profile/email',
    tags,
    summary: 'The change of address that waits',
    responses: { 200: json(EmailChangeJson, 'The change; 404 when there is none') },
  }),
  async (c) => {
    const change = await findEmailChange(c.var.app, c.var.actor)
    if (!change) throw notFound('change')
    return c.json(toEmailChangeJson(change), 200)
  },
)

accountsApi.openapi(
  createRoute({
    method: 'delete',
    path: '/api/portal/profile/email',
    tags,
    summary: 'Give up the change of address that waits',
    responses: noContent('Given up'),
  }),
  async (c) => {
    await cancelEmailChange(c.var.app, c.var.actor)
    return c.body(null, 204)
  },
)
