import { createRoute, z } from '@hono/zod-openapi'
import { pageOf } from '../../core/http/pagination.ts'
import { body, IdParam, json, noContent } from '../../core/http/responses.ts'
import { createRouter } from '../../core/http/router.ts'
import { IdempotencyHeaders, idempotent } from '../../core/idempotency/idempotency.ts'
import { Password } from './account-fields.ts'
import { listUsers } from './list-users.ts'
import { deleteUser } from './remove-user.ts'
import { CreateUser, ListUsers, SuspendUser, UpdateUser } from './user-input.ts'
import { AdminUserJson, toAdminUserJson } from './user-json.ts'
import {
  activateUser,
  createUser,
  getUser,
  inviteUser,
  setUserPassword,
  suspendUser,
  updateUser,
  verifyUser,
} from './users.ts'

/** The operator's API for people. */
export const usersApi = createRouter()

const tags = ['Users']

usersApi.openapi(
  createRoute({
    method: 'get',
    path: '/admin/users',
    tags,
    summary: 'List users',
    request: { query: ListUsers },
    responses: { 200: json(pageOf(AdminUserJson), 'Users') },
  }),
  async (c) => {
    const page = await listUsers(c.var.app, c.var.actor, c.req.valid('query'))
    return c.json({ data: page.data.map(toAdminUserJson), next_cursor: page.next_cursor }, 200)
  },
)
usersApi.openapi(
  createRoute({
    method: 'post',
    path: '/admin/users',
    tags,
    summary: 'Create a user',
    middleware: idempotent(),
    request: { headers: IdempotencyHeaders, body: body(CreateUser) },
    responses: { 201: json(AdminUserJson, 'The user') },
  }),
  async (c) =>
    c.json(toAdminUserJson(await createUser(c.var.app, c.var.actor, c.req.valid('json'))), 201),
)
usersApi.openapi(
  createRoute({
    method: 'get',
    path: '/admin/users/{id}',
    tags,
    summary: 'One user, by id or e-mail',
    request: { params: IdParam },
    responses: { 200: json(AdminUserJson, 'The user') },
  }),
  async (c) =>
    c.json(toAdminUserJson(await getUser(c.var.app, c.var.actor, c.req.valid('param').id)), 200),
)
usersApi.openapi(
  createRoute({
    method: 'put',
    path: '/admin/users/{id}',
    tags,
    summary: 'Change a user; what is left out stays',
    request: { params: IdParam, body: body(UpdateUser) },
    responses: { 200: json(AdminUserJson, 'The user') },
  }),
  async (c) =>
    c.json(
      toAdminUserJson(
        await updateUser(c.var.app, c.var.actor, c.req.valid('param').id, c.req.valid('json')),
      ),
      200,
    ),
)
usersApi.openapi(
  createRoute({
    method: 'delete',
    path: '/admin/users/{id}',
    tags,
    summary: 'Delete a user with keys and usage',
    request: { params: IdParam },
    responses: noContent('Deleted'),
  }),
  async (c) => {
    await deleteUser(c.var.app, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)
usersApi.openapi(
  createRoute({
    method: 'post',
    path: '/admin/users/{id}/suspend',
    tags,
    summary: 'Stop every key of a user from the next request on',
    description: 'The reason is for operators: the customer never sees it.',
    request: { params: IdParam, body: { ...body(SuspendUser), required: false } },
    responses: { 200: json(AdminUserJson, 'The user') },
  }),
  async (c) => {
    const user = await suspendUser(
      c.var.app,
      c.var.actor,
      c.req.valid('param').id,
      c.req.valid('json'),
    )
    return c.json(toAdminUserJson(user), 200)
  },
)
const changes = [
  ['activate', 'End a suspension', activateUser],
  ['verify', 'Mark the e-mail address as verified', verifyUser],
] as const
for (const [verb, summary, change] of changes) {
  usersApi.openapi(
    createRoute({
      method: 'post',
      path: `/admin/users/{id}/${verb}`,
      tags,
      summary,
      request: { params: IdParam },
      responses: { 200: json(AdminUserJson, 'The user') },
    }),
    async (c) =>
      c.json(toAdminUserJson(await change(c.var.app, c.var.actor, c.req.valid('param').id)), 200),
  )
}
usersApi.openapi(
  createRoute({
    method: 'post',
    path: '/admin/users/{id}/invite',
    tags,
    summary: 'Mail the user a link to choose a password, for seven days',
    request: { params: IdParam },
    responses: noContent('On its way'),
  }),
  async (c) => {
    await inviteUser(c.var.app, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)
usersApi.openapi(
  createRoute({
    method: 'post',
    path: '/admin/users/{id}/set-password',
    tags,
    summary: 'Set a password and end the user’s sessions',
    request: { params: IdParam, body: body(z.strictObject({ password: Password })) },
    responses: noContent('Set'),
  }),
  async (c) => {
    await setUserPassword(
      c.var.app,
      c.var.actor,
      c.req.valid('param').id,
      c.req.valid('json').password,
    )
    return c.body(null, 204)
  },
)
