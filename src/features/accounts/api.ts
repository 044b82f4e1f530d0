import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { body, json } from '../../core/http/responses.ts'
import { type ApiEnv, createRouter } from '../../core/http/router.ts'
import { countRegistration } from './door-limits.ts'
import {
  ChangePassword,
  changePassword,
  DeleteProfile,
  deleteProfile,
  getProfile,
  UpdateProfile,
  updateProfile,
} from './profile.ts'
import { Register, registerCustomer } from './registration.ts'
import { type Caller, type SignedIn, SignIn, signIn, signOut } from './sign-in.ts'
import { toUserJson, UserJson } from './user-json.ts'
import { getUser } from './users.ts'

export const accountsApi = createRouter()

const SessionJson = z
  .object({ token: z.string(), expires_at: z.string(), user: UserJson })
  .openapi('Session')
const tags = ['Accounts']

export function callerOf(c: Context<ApiEnv>): Caller {
  return { ip: c.var.ip, userAgent: c.req.header('user-agent') ?? null }
}

async function toSessionJson(c: Context<ApiEnv>, session: SignedIn) {
  for (const cookie of session.cookies) c.header('set-cookie', cookie, { append: true })
  const user = await getUser(c.var.app, { type: 'system' }, session.user.id)
  return {
    token: session.token,
    expires_at: session.expiresAt.toISOString(),
    user: toUserJson(user),
  }
}

accountsApi.openapi(
  createRoute({
    method: 'post',
    path: '/api/portal/auth/register',
    tags,
    summary: 'Make an account and an organization of its own',
    security: [],
    request: { body: body(Register) },
    responses: {
      201: json(
        SessionJson.partial().extend({ organization: z.object({ id: z.string() }) }),
        'Registered',
      ),
    },
  }),
  async (c) => {
    const { app, actor, ip } = c.var
    const input = c.req.valid('json')
    await countRegistration(app, ip)
    await registerCustomer(app, actor, input)
    const session = await signIn(app, { email: input.email, password: input.password }, callerOf(c))
    const answer = await toSessionJson(c, session)
    return c.json({ ...answer, organization: { id: answer.user.organization_id! } }, 201)
  },
)

const login = (path: string) =>
  createRoute({
    method: 'post',
    path,
    tags,
    summary: 'Open a session by e-mail and password',
    security: [],
    request: { body: body(SignIn) },
    responses: { 200: json(SessionJson, 'Signed in') },
  })

accountsApi.openapi(login('/api/portal/auth/login'), async (c) =>
  c.json(await toSessionJson(c, await signIn(c.var.app, c.req.valid('json'), callerOf(c))), 200),
)

accountsApi.openapi(
  createRoute({
    method: 'post',
    path: '/api/portal/auth/logout',
    tags,
    summary: 'End the session',
    responses: { 204: { description: 'Signed out' } },
  }),
  async (c) => {
    const cookies = await signOut(c.var.app, c.req.raw.headers)
    for (const cookie of cookies) c.header('set-cookie', cookie, { append: true })
    return c.body(null, 204)
  },
)

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
