import { createRoute, z } from '@hono/zod-openapi'
import { PageQuery, pageOf, pageWithin } from '../../core/http/pagination.ts'
import { body, IdParam, json, noContent } from '../../core/http/responses.ts'
import { createRouter } from '../../core/http/router.ts'
import { AddPasskey, addPasskey, BeginPasskey, beginPasskey } from './passkey-setup.ts'
import { PasskeySignIn, passkeyOptions, signInWithPasskey } from './passkey-sign-in.ts'
import {
  listPasskeys,
  PasskeyJson,
  RenamePasskey,
  removePasskey,
  renamePasskey,
  toPasskeyJson,
} from './passkeys.ts'
import { callerOf, SessionJson, toSessionJson } from './session-json.ts'

/** Signing in with passkeys, and keeping them. */
export const passkeysApi = createRouter()

const tags = ['Accounts']
const base = '/api/portal/profile/passkeys'
const door = '/api/portal/auth/passkey'
/** Options as `navigator.credentials` takes them in JSON (WebAuthn, section 5). */
const Options = z.looseObject({ challenge: z.string() })

passkeysApi.openapi(
  createRoute({
    method: 'post',
    path: `${door}/options`,
    tags,
    summary: 'What a browser needs to offer its passkeys',
    security: [],
    responses: { 200: json(Options, 'For navigator.credentials.get') },
  }),
  async (c) => c.json({ ...(await passkeyOptions(c.var.app)) }, 200),
)

passkeysApi.openapi(
  createRoute({
    method: 'post',
    path: `${door}/verify`,
    tags,
    summary: 'Open a session by a passkey',
    security: [],
    request: { body: body(PasskeySignIn) },
    responses: { 200: json(SessionJson, 'Signed in') },
  }),
  async (c) => {
    const session = await signInWithPasskey(c.var.app, c.req.valid('json').response, callerOf(c))
    return c.json(await toSessionJson(c, session), 200)
  },
)

passkeysApi.openapi(
  createRoute({
    method: 'get',
    path: base,
    tags,
    summary: 'Your passkeys',
    request: { query: PageQuery },
    responses: { 200: json(pageOf(PasskeyJson), 'Newest first') },
  }),
  async (c) => {
    const rows = await listPasskeys(c.var.app, c.var.actor)
    return c.json(
      pageWithin(rows.map(toPasskeyJson), c.req.valid('query'), ({ id }) => id),
      200,
    )
  },
)

passkeysApi.openapi(
  createRoute({
    method: 'post',
    path: `${base}/options`,
    tags,
    summary: 'What a browser needs to make a passkey',
    request: { body: body(BeginPasskey) },
    responses: { 200: json(Options, 'For navigator.credentials.create') },
  }),
  async (c) =>
    c.json({ ...(await beginPasskey(c.var.app, c.var.actor, c.req.valid('json'))) }, 200),
)

passkeysApi.openapi(
  createRoute({
    method: 'post',
    path: base,
    tags,
    summary: 'Keep a passkey that a browser has made',
    request: { body: body(AddPasskey) },
    responses: { 201: json(PasskeyJson, 'The passkey') },
  }),
  async (c) =>
    c.json(toPasskeyJson(await addPasskey(c.var.app, c.var.actor, c.req.valid('json'))), 201),
)

passkeysApi.openapi(
  createRoute({
    method: 'patch',
    path: `${base}/{id}`,
    tags,
    summary: 'Give a passkey another name',
    request: { params: IdParam, body: body(RenamePasskey) },
    responses: { 200: json(PasskeyJson, 'The passkey') },
  }),
  async (c) => {
    const { id } = c.req.valid('param')
    const { name } = c.req.valid('json')
    return c.json(toPasskeyJson(await renamePasskey(c.var.app, c.var.actor, id, name)), 200)
  },
)

passkeysApi.openapi(
  createRoute({
    method: 'delete',
    path: `${base}/{id}`,
    tags,
    summary: 'Remove a passkey',
    request: { params: IdParam },
    responses: noContent('Removed'),
  }),
  async (c) => {
    await removePasskey(c.var.app, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)
