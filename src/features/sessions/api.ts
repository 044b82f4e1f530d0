import { createRoute, z } from '@hono/zod-openapi'
import { PageQuery, pageOf, pageWithin } from '../../core/http/pagination.ts'
import { IdParam, json, body as jsonBody, noContent } from '../../core/http/responses.ts'
import { createRouter } from '../../core/http/router.ts'
import { countRegistration } from '../accounts/door-limits.ts'
import { Register, registerCustomer } from '../accounts/registration.ts'
import { toUserJson, UserJson } from '../accounts/user-json.ts'
import { ResendVerification, resendVerification, verifyEmail } from '../accounts/verification.ts'
import { arrivalAt } from './next-path.ts'
import { ForgotPassword, forgotPassword, ResetPassword, resetPassword } from './password-reset.ts'
import { passSecondFactor, SecondFactor } from './second-factor.ts'
import { callerOf, SessionJson, toSessionJson } from './session-json.ts'
import { endOtherSessions, endSession, listSessions, SessionRow } from './sessions.ts'
import { openSession, SignIn, signIn, signOut } from './sign-in.ts'

/** The doors: registering, signing in and out, and what mails lead to. */
export const sessionsApi = createRouter()

const TwoFactorRequired = z
  .object({ two_factor_required: z.literal(true), challenge: z.string() })
  .openapi('TwoFactorRequired')
const OrganizationRef = z.object({ id: z.string() })
const tags = ['Accounts']

sessionsApi.openapi(
  createRoute({
    method: 'post',
    path: '/api/portal/auth/register',
    tags,
    summary: 'Make an account and an organization of its own',
    security: [],
    request: { body: jsonBody(Register) },
    responses: {
      201: json(
        SessionJson.partial().extend({
          user: UserJson,
          organization: OrganizationRef,
          verification_required: z.literal(true).optional(),
        }),
        'Registered; without a token while the address must first be verified',
      ),
    },
  }),
  async (c) => {
    const { app, actor, ip } = c.var
    const input = c.req.valid('json')
    await countRegistration(app, ip)
    const made = await registerCustomer(app, actor, input)
    const { user, organizationId, planId, isVerificationRequired } = made
    const organization = { id: organizationId }
    if (isVerificationRequired) {
      const answer = { user: toUserJson({ ...user, organizationId, planId }), organization }
      return c.json({ ...answer, verification_required: true as const }, 201)
    }
    const session = await openSession(app, user, callerOf(c))
    return c.json({ ...(await toSessionJson(c, session)), organization }, 201)
  },
)

for (const path of ['/api/portal/auth/login', '/portal/auth/login']) {
  sessionsApi.openapi(
    createRoute({
      method: 'post',
      path,
      tags,
      summary: 'Open a session by e-mail and password',
      security: [],
      request: { body: jsonBody(SignIn) },
      responses: {
        200: json(
          z.union([SessionJson, TwoFactorRequired]),
          'Signed in, or the challenge to send on with a code',
        ),
      },
    }),
    async (c) => {
      const entry = await signIn(c.var.app, c.req.valid('json'), callerOf(c))
      if ('session' in entry) return c.json(await toSessionJson(c, entry.session), 200)
      return c.json({ two_factor_required: true as const, challenge: entry.challenge }, 200)
    },
  )
}

sessionsApi.openapi(
  createRoute({
    method: 'post',
    path: '/api/portal/auth/two-factor',
    tags,
    summary: 'Open a session by the challenge of signing in and a code',
    security: [],
    request: { body: jsonBody(SecondFactor) },
    responses: { 200: json(SessionJson, 'Signed in') },
  }),
  async (c) => {
    const session = await passSecondFactor(c.var.app, c.req.valid('json'), callerOf(c))
    return c.json(await toSessionJson(c, session), 200)
  },
)

sessionsApi.openapi(
  createRoute({
    method: 'post',
    path: '/api/portal/auth/logout',
    tags,
    summary: 'End the session',
    responses: noContent('Signed out'),
  }),
  async (c) => {
    const cookies = await signOut(c.var.app, c.var.actor, c.req.raw.headers)
    for (const cookie of cookies) c.header('set-cookie', cookie, { append: true })
    return c.body(null, 204)
  },
)

const accepted = { 202: { description: 'If there is such an account, a mail is on its way' } }

sessionsApi.openapi(
  createRoute({
    method: 'post',
    path: '/auth/forgot-password',
    tags,
    summary: 'Ask for a link to choose a new password',
    security: [],
    request: { body: jsonBody(ForgotPassword) },
    responses: accepted,
  }),
  async (c) => {
    await forgotPassword(c.var.app, c.var.actor, c.req.valid('json').email)
    return c.body(null, 202)
  },
)

sessionsApi.openapi(
  createRoute({
    method: 'post',
    path: '/auth/reset-password',
    tags,
    summary: 'Choose a new password by the token of the mail, and end every session',
    security: [],
    request: { body: jsonBody(ResetPassword) },
    responses: noContent('Changed'),
  }),
  async (c) => {
    await resetPassword(c.var.app, c.var.actor, c.req.valid('json'))
    return c.body(null, 204)
  },
)

sessionsApi.openapi(
  createRoute({
    method: 'post',
    path: '/auth/resend-verification',
    tags,
    summary: 'Ask for the link that proves an address again',
    security: [],
    request: { body: jsonBody(ResendVerification) },
    responses: accepted,
  }),
  async (c) => {
    await resendVerification(c.var.app, c.var.actor, c.req.valid('json').email)
    return c.body(null, 202)
  },
)

const TokenQuery = z.object({ token: z.string().max(200) })
const toPage = { 302: { description: 'To the page for it' } }

sessionsApi.openapi(
  createRoute({
    method: 'get',
    path: '/auth/reset-password',
    tags,
    summary: 'The link of the mail: leads to the page for a new password',
    security: [],
    request: { query: TokenQuery },
    responses: toPage,
  }),
  (c) => {
    const token = encodeURIComponent(c.req.valid('query').token)
    return c.redirect(arrivalAt(`/reset-password?token=${token}`, c.var), 302)
  },
)

sessionsApi.openapi(
  createRoute({
    method: 'get',
    path: '/auth/verify-email',
    tags,
    summary: 'The link of the mail: proves the address, and leads to the portal',
    security: [],
    request: { query: TokenQuery },
    responses: { ...toPage, 200: json(z.object({ verified: z.literal(true) }), 'Verified') },
  }),
  async (c) => {
    const { token } = c.req.valid('query')
    if (c.req.header('accept')?.includes('text/html'))
      return c.redirect(arrivalAt(`/verify-email?token=${encodeURIComponent(token)}`, c.var), 302)
    await verifyEmail(c.var.app, c.var.actor, token)
    return c.json({ verified: true as const }, 200)
  },
)

sessionsApi.openapi(
  createRoute({
    method: 'get',
    path: '/api/portal/sessions',
    tags,
    summary: 'Where you are signed in',
    request: { query: PageQuery },
    responses: { 200: json(pageOf(SessionRow), 'Latest first') },
  }),
  async (c) => {
    const sessions = await listSessions(c.var.app, c.var.actor)
    return c.json(
      pageWithin(sessions, c.req.valid('query'), ({ id }) => id),
      200,
    )
  },
)

sessionsApi.openapi(
  createRoute({
    method: 'delete',
    path: '/api/portal/sessions',
    tags,
    summary: 'End all other sessions',
    responses: noContent('Ended'),
  }),
  async (c) => {
    await endOtherSessions(c.var.app, c.var.actor)
    return c.body(null, 204)
  },
)

sessionsApi.openapi(
  createRoute({
    method: 'delete',
    path: '/api/portal/sessions/{id}',
    tags,
    summary: 'End a session',
    request: { params: IdParam },
    responses: noContent('Ended'),
  }),
  async (c) => {
    await endSession(c.var.app, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)
