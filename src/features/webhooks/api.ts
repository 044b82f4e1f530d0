import { createRoute } from '@hono/zod-openapi'
import { PageQuery, pageOf } from '../../core/http/pagination.ts'
import { body, IdParam, json, noContent } from '../../core/http/responses.ts'
import { createRouter } from '../../core/http/router.ts'
import { IdempotencyHeaders, idempotent } from '../../core/idempotency/idempotency.ts'
import { getDelivery, listDeliveries, replayDelivery, testWebhook } from './deliveries.ts'
import { CreateWebhook, ListDeliveries, RotateSecret, UpdateWebhook } from './webhook-input.ts'
import { DeliveryJson, EndpointJson, NewEndpointJson } from './webhook-json.ts'
import {
  createWebhook,
  deleteWebhook,
  getWebhook,
  listWebhooks,
  rotateSecret,
  updateWebhook,
} from './webhooks.ts'

export const webhooksApi = createRouter()

const tags = ['Webhooks']

webhooksApi.openapi(
  createRoute({
    method: 'get',
    path: '/api/portal/webhooks',
    tags,
    summary: 'The webhooks of the organization',
    request: { query: PageQuery },
    responses: { 200: json(pageOf(EndpointJson), 'Newest first') },
  }),
  async (c) => c.json(await listWebhooks(c.var.app, c.var.actor, c.req.valid('query')), 200),
)

webhooksApi.openapi(
  createRoute({
    method: 'post',
    path: '/api/portal/webhooks',
    tags,
    summary: 'Have your server called when something happens',
    description:
      'Messages follow Standard Webhooks. The address is https and public; `*` stands for all events.',
    middleware: idempotent('secret'),
    request: { headers: IdempotencyHeaders, body: body(CreateWebhook) },
    responses: { 201: json(NewEndpointJson, 'With its secret, this once') },
  }),
  async (c) => c.json(await createWebhook(c.var.app, c.var.actor, c.req.valid('json')), 201),
)

webhooksApi.openapi(
  createRoute({
    method: 'get',
    path: '/api/portal/webhooks/{id}',
    tags,
    summary: 'One webhook',
    request: { params: IdParam },
    responses: { 200: json(EndpointJson, 'The webhook') },
  }),
  async (c) => c.json(await getWebhook(c.var.app, c.var.actor, c.req.valid('param').id), 200),
)

webhooksApi.openapi(
  createRoute({
    method: 'patch',
    path: '/api/portal/webhooks/{id}',
    tags,
    summary: 'Change a webhook, or switch it on or off',
    request: { params: IdParam, body: body(UpdateWebhook) },
    responses: { 200: json(EndpointJson, 'The webhook') },
  }),
  async (c) => {
    const { id } = c.req.valid('param')
    return c.json(await updateWebhook(c.var.app, c.var.actor, id, c.req.valid('json')), 200)
  },
)

webhooksApi.openapi(
  createRoute({
    method: 'delete',
    path: '/api/portal/webhooks/{id}',
    tags,
    summary: 'Remove a webhook with its deliveries',
    request: { params: IdParam },
    responses: noContent('Removed'),
  }),
  async (c) => {
    await deleteWebhook(c.var.app, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)

webhooksApi.openapi(
  createRoute({
    method: 'post',
    path: '/api/portal/webhooks/{id}/rotate-secret',
    tags,
    summary: 'Get another secret; the former one signs, too, for a while',
    middleware: idempotent('secret'),
    request: { headers: IdempotencyHeaders, params: IdParam, body: body(RotateSecret) },
    responses: { 201: json(NewEndpointJson, 'With its new secret, this once') },
  }),
  async (c) => {
    const { id } = c.req.valid('param')
    return c.json(await rotateSecret(c.var.app, c.var.actor, id, c.req.valid('json')), 201)
  },
)

webhooksApi.openapi(
  createRoute({
    method: 'post',
    path: '/api/portal/webhooks/{id}/test',
    tags,
    summary: 'Send a test message and see what comes of it',
    request: { params: IdParam },
    responses: { 200: json(DeliveryJson, 'The delivery with its one attempt') },
  }),
  async (c) => c.json(await testWebhook(c.var.app, c.var.actor, c.req.valid('param').id), 200),
)

webhooksApi.openapi(
  createRoute({
    method: 'get',
    path: '/api/portal/webhooks/{id}/deliveries',
    tags,
    summary: 'What was sent, and what came of it',
    request: { params: IdParam, query: ListDeliveries },
    responses: { 200: json(pageOf(DeliveryJson), 'Newest first; kept for thirty days') },
  }),
  async (c) => {
    const { id } = c.req.valid('param')
    return c.json(await listDeliveries(c.var.app, c.var.actor, id, c.req.valid('query')), 200)
  },
)

webhooksApi.openapi(
  createRoute({
    method: 'get',
    path: '/api/portal/webhooks/deliveries/{id}',
    tags,
    summary: 'One delivery',
    request: { params: IdParam },
    responses: { 200: json(DeliveryJson, 'The delivery') },
  }),
  async (c) => c.json(await getDelivery(c.var.app, c.var.actor, c.req.valid('param').id), 200),
)

webhooksApi.openapi(
  createRoute({
    method: 'post',
    path: '/api/portal/webhooks/deliveries/{id}/replay',
    tags,
    summary: 'Deliver it again, with the same webhook-id',
    request: { params: IdParam },
    responses: { 200: json(DeliveryJson, 'It is due') },
  }),
  async (c) => c.json(await replayDelivery(c.var.app, c.var.actor, c.req.valid('param').id), 200),
)
