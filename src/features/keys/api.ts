import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { type Page, pageOf } from '../../core/http/pagination.ts'
import { body, IdParam, json, noContent } from '../../core/http/responses.ts'
import { type ApiEnv, createRouter } from '../../core/http/router.ts'
import { IdempotencyHeaders, idempotent } from '../../core/idempotency/idempotency.ts'
import { issueKey, issueKeyForUser } from './issue-key.ts'
import { IssuedKeyJson, KeyJson, toKeyJson } from './key-json.ts'
import {
  getKey,
  type IssuedKey,
  IssueKey,
  type KeyWithUsage,
  ListKeys,
  listKeys,
  listKeysOfUser,
  RotateKey,
  revokeAnyKey,
  revokeKey,
  UpdateKey,
  updateKey,
} from './keys.ts'
import { rotateAnyKey, rotateKey } from './rotate-key.ts'

export const keysApi = createRouter()

const tags = ['Keys']

const toPageJson = (c: Context<ApiEnv>, page: Page<KeyWithUsage>) => ({
  data: page.data.map((row) => toKeyJson(row, c.var.app.now())),
  next_cursor: page.next_cursor,
})

const toIssuedJson = (c: Context<ApiEnv>, issued: IssuedKey) => {
  c.header('cache-control', 'no-store')
  return { ...toKeyJson(issued, c.var.app.now()), key: issued.key }
}

// The same list and creation at three addresses, one for each family of customers' APIs.
for (const path of ['/api/portal/keys', '/api/v1/customer/api-keys', '/api/dev/api-keys']) {
  keysApi.openapi(
    createRoute({
      method: 'get',
      path,
      tags,
      summary: 'List your API keys',
      request: { query: ListKeys },
      responses: { 200: json(pageOf(KeyJson), 'Keys, newest first') },
    }),
    async (c) =>
      c.json(toPageJson(c, await listKeys(c.var.app, c.var.actor, c.req.valid('query'))), 200),
  )
  keysApi.openapi(
    createRoute({
      method: 'post',
      path,
      tags,
      summary: 'Create an API key',
      description: 'The full key is in this answer and never shown again.',
      middleware: idempotent('key'),
      request: { headers: IdempotencyHeaders, body: body(IssueKey) },
      responses: { 201: json(IssuedKeyJson, 'The key') },
    }),
    async (c) =>
      c.json(toIssuedJson(c, await issueKey(c.var.app, c.var.actor, c.req.valid('json'))), 201),
  )
}

const revocations = [
  ['delete', '/api/portal/keys/{id}'],
  ['delete', '/api/v1/customer/api-keys/{id}'],
  ['post', '/api/dev/api-keys/{id}/revoke'],
] as const
for (const [method, path] of revocations) {
  keysApi.openapi(
    createRoute({
      method,
      path,
      tags,
      summary: 'Revoke an API key for good',
      request: { params: IdParam },
      responses: noContent('Revoked, or revoked before'),
    }),
    async (c) => {
      await revokeKey(c.var.app, c.var.actor, c.req.valid('param').id)
      return c.body(null, 204)
    },
  )
}

keysApi.openapi(
  createRoute({
    method: 'get',
    path: '/api/portal/keys/{id}',
    tags,
    summary: 'One API key',
    request: { params: IdParam },
    responses: { 200: json(KeyJson, 'The key, without its secret') },
  }),
  async (c) =>
    c.json(
      toKeyJson(await getKey(c.var.app, c.var.actor, c.req.valid('param').id), c.var.app.now()),
      200,
    ),
)

keysApi.openapi(
  createRoute({
    method: 'patch',
    path: '/api/portal/keys/{id}',
    tags,
    summary: 'Change a key: name, scopes, addresses, limits, expiry',
    request: { params: IdParam, body: body(UpdateKey) },
    responses: { 200: json(KeyJson, 'The key') },
  }),
  async (c) => {
    const key = await updateKey(
      c.var.app,
      c.var.actor,
      c.req.valid('param').id,
      c.req.valid('json'),
    )
    return c.json(toKeyJson(key, c.var.app.now()), 200)
  },
)

keysApi.openapi(
  createRoute({
    method: 'post',
    path: '/api/portal/keys/{id}/rotate',
    tags,
    summary: 'Replace a key by a new one with the same rights',
    middleware: idempotent('key'),
    request: { params: IdParam, headers: IdempotencyHeaders, body: body(RotateKey) },
    responses: { 201: json(IssuedKeyJson, 'The new key') },
  }),
  async (c) => {
    const { grace_seconds } = c.req.valid('json')
    return c.json(
      toIssuedJson(
        c,
        await rotateKey(c.var.app, c.var.actor, c.req.valid('param').id, grace_seconds),
      ),
      201,
    )
  },
)

keysApi.openapi(
  createRoute({
    method: 'get',
    path: '/admin/keys',
    tags,
    summary: 'List a user’s API keys',
    request: { query: ListKeys.extend({ user_id: z.string() }) },
    responses: { 200: json(pageOf(KeyJson), 'Keys, newest first') },
  }),
  async (c) => {
    const { user_id, ...query } = c.req.valid('query')
    return c.json(toPageJson(c, await listKeysOfUser(c.var.app, c.var.actor, user_id, query)), 200)
  },
)

keysApi.openapi(
  createRoute({
    method: 'post',
    path: '/admin/keys',
    tags,
    summary: 'Create an API key for a user',
    middleware: idempotent('key'),
    request: {
      headers: IdempotencyHeaders,
      body: body(IssueKey.extend({ user_id: z.string() })),
    },
    responses: { 201: json(IssuedKeyJson, 'The key') },
  }),
  async (c) => {
    const { user_id, ...input } = c.req.valid('json')
    return c.json(
      toIssuedJson(c, await issueKeyForUser(c.var.app, c.var.actor, user_id, input)),
      201,
    )
  },
)

keysApi.openapi(
  createRoute({
    method: 'delete',
    path: '/admin/keys/{id}',
    tags,
    summary: 'Revoke any API key',
    request: { params: IdParam },
    responses: noContent('Revoked, or revoked before'),
  }),
  async (c) => {
    await revokeAnyKey(c.var.app, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)

keysApi.openapi(
  createRoute({
    method: 'post',
    path: '/admin/keys/{id}/rotate',
    tags,
    summary: 'Replace any key by a new one with the same rights',
    middleware: idempotent('key'),
    request: { params: IdParam, headers: IdempotencyHeaders, body: body(RotateKey) },
    responses: { 201: json(IssuedKeyJson, 'The new key') },
  }),
  async (c) => {
    const { grace_seconds } = c.req.valid('json')
    const issued = await rotateAnyKey(
      c.var.app,
      c.var.actor,
      c.req.valid('param').id,
      grace_seconds,
    )
    return c.json(toIssuedJson(c, issued), 201)
  },
)
