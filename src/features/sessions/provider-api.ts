import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { readCookie } from '../../core/http/cookies.ts'
import { type ApiEnv, createRouter } from '../../core/http/router.ts'
import { beginProviderSignIn, finishProviderSignIn } from '../sso/provider-sign-in.ts'
import type { ProviderId } from '../sso/providers.ts'
import { keepChallenge } from './challenge-cookie.ts'
import { arrivalAt, homeOf, ownPath, secondStepPath } from './next-path.ts'
import { callerOf } from './session-json.ts'
import { passFirstFactor } from './sign-in.ts'

/** Signing in at a provider: single sign-on, Google, Microsoft. Browsers come here, and are sent on. */
export const providerApi = createRouter()

const tags = ['Accounts']
const Start = z.object({ next: z.string().max(2000).optional() })
const Social = z.object({ provider: z.enum(['google', 'microsoft']) })
const toProvider = { 302: { description: 'To the provider' } }
const toPortal = { 302: { description: 'Signed in; on to the page that was asked for' } }

providerApi.openapi(
  createRoute({
    method: 'get',
    path: '/auth/sso',
    tags,
    summary: 'Sign in by single sign-on',
    security: [],
    request: { query: Start },
    responses: toProvider,
  }),
  (c) => begin(c, 'sso', c.req.valid('query').next),
)

providerApi.openapi(
  createRoute({
    method: 'get',
    path: '/auth/sso/callback',
    tags,
    summary: 'Where single sign-on sends people back to',
    security: [],
    responses: toPortal,
  }),
  (c) => finish(c, 'sso'),
)

providerApi.openapi(
  createRoute({
    method: 'get',
    path: '/auth/oauth/{provider}',
    tags,
    summary: 'Sign in at Google or Microsoft',
    security: [],
    request: { params: Social, query: Start },
    responses: toProvider,
  }),
  (c) => begin(c, c.req.valid('param').provider, c.req.valid('query').next),
)

providerApi.openapi(
  createRoute({
    method: 'get',
    path: '/auth/oauth/{provider}/callback',
    tags,
    summary: 'Where Google and Microsoft send people back to',
    security: [],
    request: { params: Social },
    responses: toPortal,
  }),
  (c) => finish(c, c.req.valid('param').provider),
)

async function begin(c: Context<ApiEnv>, id: ProviderId, next: string | undefined) {
  const { app, ip, requestId } = c.var
  const { url, cookie } = await beginProviderSignIn(app, id, ownPath(next), { ip, requestId })
  c.header('set-cookie', cookie)
  c.header('cache-control', 'no-store')
  return c.redirect(url, 302)
}

async function finish(c: Context<ApiEnv>, id: ProviderId) {
  const { app, ip, requestId, cookies } = c.var
  const { user, next, cookie } = await finishProviderSignIn(
    app,
    id,
    {
      answer: new URL(c.req.url).searchParams,
      readCookie: (name) => readCookie(c.req.raw.headers, name, cookies),
    },
    { ip, requestId },
  )
  const entry = await passFirstFactor(app, user, callerOf(c))
  const [given, target] =
    'session' in entry
      ? [entry.session.cookies, next ?? homeOf(user.role)]
      : [[keepChallenge(entry.challenge)], secondStepPath(next)]
  for (const text of [cookie, ...given]) c.header('set-cookie', text, { append: true })
  c.header('cache-control', 'no-store')
  return c.redirect(arrivalAt(target, c.var), 302)
}
