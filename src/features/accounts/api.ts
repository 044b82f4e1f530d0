import { createRoute, z } from '@hono/zod-openapi'
import { body, json } from '../../core/http/responses.ts'
import { createRouter } from '../../core/http/router.ts'
import {
  ChangePassword,
  changePassword,
  DeleteProfile,
  deleteProfile,
  getProfile,
  UpdateProfile,
  updateProfile,
} from './profile.ts'
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
  async (c) => c.json({ user: toUserJson(await getProfile(c.var.app, c.var.actor)) }, 200),
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
    await deleteProfile(c.var.app, c.var.actor, c.req.valid('json').password)
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
