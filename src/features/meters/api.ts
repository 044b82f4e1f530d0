import { createRoute } from '@hono/zod-openapi'
import { PageQuery, pageOf, pageWithin } from '../../core/http/pagination.ts'
import { body, IdParam, json, noContent } from '../../core/http/responses.ts'
import { createRouter } from '../../core/http/router.ts'
import { IdempotencyHeaders, idempotent } from '../../core/idempotency/idempotency.ts'
import { CreateMeter, IssueServiceKey, UpdateMeter } from './meter-input.ts'
import {
  IssuedServiceKeyJson,
  MeterJson,
  ServiceKeyJson,
  toMeterJson,
  toServiceKeyJson,
} from './meter-json.ts'
import { createMeter, deleteMeter, getMeter, listMeters, updateMeter } from './meters.ts'
import { issueServiceKey, listServiceKeys, revokeServiceKey } from './service-keys.ts'

export const metersApi = createRouter()

const tags = ['Meters']

metersApi.openapi(
  createRoute({
    method: 'get',
    path: '/admin/meters',
    tags,
    summary: 'List meters',
    request: { query: PageQuery },
    responses: { 200: json(pageOf(MeterJson), 'The built-in ones first') },
  }),
  async (c) => {
    const meters = await listMeters(c.var.app, c.var.actor)
    return c.json(
      pageWithin(meters.map(toMeterJson), c.req.valid('query'), ({ key }) => key),
      200,
    )
  },
)
metersApi.openapi(
  createRoute({
    method: 'post',
    path: '/admin/meters',
    tags,
    summary: 'Create a meter, fed by events or by the gateway',
    middleware: idempotent(),
    request: { headers: IdempotencyHeaders, body: body(CreateMeter) },
    responses: { 201: json(MeterJson, 'The meter') },
  }),
  async (c) =>
    c.json(toMeterJson(await createMeter(c.var.app, c.var.actor, c.req.valid('json'))), 201),
)
metersApi.openapi(
  createRoute({
    method: 'get',
    path: '/admin/meters/{id}',
    tags,
    summary: 'One meter, by key or id',
    request: { params: IdParam },
    responses: { 200: json(MeterJson, 'The meter') },
  }),
  async (c) => {
    const meter = await getMeter(c.var.app, c.var.actor, c.req.valid('param').id)
    return c.json(toMeterJson(meter), 200)
  },
)
metersApi.openapi(
  createRoute({
    method: 'patch',
    path: '/admin/meters/{id}',
    tags,
    summary: 'Rename a meter or its unit, archive it or take it back',
    request: { params: IdParam, body: body(UpdateMeter) },
    responses: { 200: json(MeterJson, 'The meter') },
  }),
  async (c) => {
    const { id } = c.req.valid('param')
    const meter = await updateMeter(c.var.app, c.var.actor, id, c.req.valid('json'))
    return c.json(toMeterJson(meter), 200)
  },
)
metersApi.openapi(
  createRoute({
    method: 'delete',
    path: '/admin/meters/{id}',
    tags,
    summary: 'Delete a meter that has counted nothing and that no plan limits',
    request: { params: IdParam },
    responses: noContent('Deleted'),
  }),
  async (c) => {
    await deleteMeter(c.var.app, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)

const keyTags = ['Service keys']

metersApi.openapi(
  createRoute({
    method: 'get',
    path: '/admin/service-keys',
    tags: keyTags,
    summary: 'List service keys',
    request: { query: PageQuery },
    responses: { 200: json(pageOf(ServiceKeyJson), 'Newest first, revoked ones included') },
  }),
  async (c) => {
    const keys = await listServiceKeys(c.var.app, c.var.actor)
    return c.json(
      pageWithin(keys.map(toServiceKeyJson), c.req.valid('query'), ({ id }) => id),
      200,
    )
  },
)
metersApi.openapi(
  createRoute({
    method: 'post',
    path: '/admin/service-keys',
    tags: keyTags,
    summary: 'Create a key for a program that reports usage',
    description: 'The full key is in this answer and never shown again.',
    middleware: idempotent('key'),
    request: { headers: IdempotencyHeaders, body: body(IssueServiceKey) },
    responses: { 201: json(IssuedServiceKeyJson, 'The key') },
  }),
  async (c) => {
    const issued = await issueServiceKey(c.var.app, c.var.actor, c.req.valid('json'))
    c.header('cache-control', 'no-store')
    return c.json({ ...toServiceKeyJson(issued), key: issued.key }, 201)
  },
)
metersApi.openapi(
  createRoute({
    method: 'delete',
    path: '/admin/service-keys/{id}',
    tags: keyTags,
    summary: 'Revoke a service key for good',
    request: { params: IdParam },
    responses: noContent('Revoked, or revoked before'),
  }),
  async (c) => {
    await revokeServiceKey(c.var.app, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)
