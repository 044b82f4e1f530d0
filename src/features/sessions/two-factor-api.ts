import { createRoute, z } from '@hono/zod-openapi'
import { body, IdParam, json, noContent } from '../../core/http/responses.ts'
import { createRouter } from '../../core/http/router.ts'
import { toUserJson, UserJson } from '../accounts/user-json.ts'
import { BothFactors, disableTwoFactor, renewRecoveryCodes, resetTwoFactor } from './two-factor.ts'
import { getTwoFactorRule, setTwoFactorRule, TwoFactorRule } from './two-factor-rule.ts'
import {
  ConfirmTwoFactor,
  confirmTwoFactor,
  EnableTwoFactor,
  enableTwoFactor,
} from './two-factor-setup.ts'

/** Setting up the second factor, and taking it away. */
export const twoFactorApi = createRouter()

const tags = ['Accounts']
const base = '/api/portal/profile/two-factor'
const RecoveryCodes = z.object({ recovery_codes: z.array(z.string()) })

twoFactorApi.openapi(
  createRoute({
    method: 'post',
    path: `${base}/enable`,
    tags,
    summary: 'Begin to set up codes for signing in',
    request: { body: body(EnableTwoFactor) },
    responses: {
      200: json(
        RecoveryCodes.extend({ secret: z.string(), otpauth_url: z.string() }),
        'For the authenticator app; they are asked for once a code has confirmed it',
      ),
    },
  }),
  async (c) => {
    const { password } = c.req.valid('json')
    const setup = await enableTwoFactor(c.var.app, c.var.actor, password)
    const { secret, otpauthUrl, recoveryCodes } = setup
    return c.json({ secret, otpauth_url: otpauthUrl, recovery_codes: recoveryCodes }, 200)
  },
)

twoFactorApi.openapi(
  createRoute({
    method: 'post',
    path: `${base}/confirm`,
    tags,
    summary: 'Ask for codes from now on, and end all other sessions',
    request: { body: body(ConfirmTwoFactor) },
    responses: noContent('Signing in needs a code now'),
  }),
  async (c) => {
    await confirmTwoFactor(c.var.app, c.var.actor, c.req.valid('json').code)
    return c.body(null, 204)
  },
)

twoFactorApi.openapi(
  createRoute({
    method: 'post',
    path: `${base}/disable`,
    tags,
    summary: 'Sign in without codes again',
    request: { body: body(BothFactors) },
    responses: noContent('Signing in needs no code'),
  }),
  async (c) => {
    await disableTwoFactor(c.var.app, c.var.actor, c.req.valid('json'))
    return c.body(null, 204)
  },
)

twoFactorApi.openapi(
  createRoute({
    method: 'post',
    path: `${base}/recovery-codes`,
    tags,
    summary: 'Make new recovery codes and end the old ones',
    request: { body: body(BothFactors) },
    responses: { 200: json(RecoveryCodes, 'Shown this once') },
  }),
  async (c) => {
    const codes = await renewRecoveryCodes(c.var.app, c.var.actor, c.req.valid('json'))
    return c.json({ recovery_codes: codes }, 200)
  },
)

const RuleJson = TwoFactorRule.extend({ members_without: z.number().int() })
const rulePath = '/api/portal/organization/two-factor'

twoFactorApi.openapi(
  createRoute({
    method: 'get',
    path: rulePath,
    tags,
    summary: 'Whether your organization requires a second factor',
    responses: { 200: json(RuleJson, 'The rule, and how many members have set up none') },
  }),
  async (c) => c.json(await getTwoFactorRule(c.var.app, c.var.actor), 200),
)

twoFactorApi.openapi(
  createRoute({
    method: 'put',
    path: rulePath,
    tags,
    summary: 'Require a second factor of every member of your organization',
    request: { body: body(TwoFactorRule) },
    responses: { 200: json(RuleJson, 'The rule') },
  }),
  async (c) => {
    await setTwoFactorRule(c.var.app, c.var.actor, c.req.valid('json'))
    return c.json(await getTwoFactorRule(c.var.app, c.var.actor), 200)
  },
)

twoFactorApi.openapi(
  createRoute({
    method: 'post',
    path: '/admin/users/{id}/reset-two-factor',
    tags: ['Users'],
    summary: 'Take the second factor from a user who has lost it',
    request: { params: IdParam },
    responses: { 200: json(UserJson, 'The user') },
  }),
  async (c) =>
    c.json(toUserJson(await resetTwoFactor(c.var.app, c.var.actor, c.req.valid('param').id)), 200),
)
