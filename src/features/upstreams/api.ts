import { createRoute as endpoint } from '@hono/zod-openapi'
import { PageQuery, pageOf, pageWithin } from '../../core/http/pagination.ts'
import { body, IdParam, json, noContent } from '../../core/http/responses.ts'
import { createRouter } from '../../core/http/router.ts'
import { IdempotencyHeaders, idempotent } from '../../core/idempotency/idempotency.ts'
import {
  CreateRoute,
  createRoute,
  deleteRoute,
  getRoute,
  listRoutes,
  RouteJson,
  toRouteJson,
  UpdateRoute,
  updateRoute,
} from './routes.ts'
import {
  CreateUpstream,
  createUpstream,
  deleteUpstream,
  getUpstream,
  listUpstreams,
  toUpstreamJson,
  UpdateUpstream,
  UpstreamJson,
  updateUpstream,
} from './upstreams.ts'

export const upstreamsApi = createRouter()

const tags = ['Gateway']

upstreamsApi.openapi(
  endpoint({
    method: 'get',
    path: '/admin/upstreams',
    tags,
    summary: 'List upstreams',
    request: { query: PageQuery },
    responses: { 200: json(pageOf(UpstreamJson), 'By name') },
  }),
  async (c) => {
    const upstreams = (await listUpstreams(c.var.app, c.var.actor)).map(toUpstreamJson)
    return c.json(
      pageWithin(upstreams, c.req.valid('query'), ({ id }) => id),
      200,
    )
  },
)
upstreamsApi.openapi(
  endpoint({
    method: 'post',
    path: '/admin/upstreams',
    tags,
    summary: 'Create an upstream',
    middleware: idempotent(),
    request: { headers: IdempotencyHeaders, body: body(CreateUpstream) },
    responses: { 201: json(UpstreamJson, 'The upstream') },
  }),
  async (c) =>
    c.json(toUpstreamJson(await createUpstream(c.var.app, c.var.actor, c.req.valid('json'))), 201),
)
upstreamsApi.openapi(
  endpoint({
    method: 'get',
    path: '/admin/upstreams/{id}',
    tags,
    summary: 'One upstream, by id or name',
    request: { params: IdParam },
    responses: { 200: json(UpstreamJson, 'The upstream') },
  }),
  async (c) =>
    c.json(toUpstreamJson(await getUpstream(c.var.app, c.var.actor, c.req.valid('param').id)), 200),
)
upstreamsApi.openapi(
  endpoint({
    method: 'patch',
    path: '/admin/upstreams/{id}',
    tags,
    summary: 'Change an upstream',
    request: { params: IdParam, body: body(UpdateUpstream) },
    responses: { 200: json(UpstreamJson, 'The upstream') },
  }),
  async (c) =>
    c.json(
      toUpstreamJson(
        await updateUpstream(c.var.app, c.var.actor, c.req.valid('param').id, c.req.valid('json')),
      ),
      200,
    ),
)
upstreamsApi.openapi(
  endpoint({
    method: 'delete',
    path: '/admin/upstreams/{id}',
    tags,
    summary: 'Delete an upstream',
    request: { params: IdParam },
    responses: noContent('Deleted'),
  }),
  async (c) => {
    await deleteUpstream(c.var.app, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)

upstreamsApi.openapi(
  endpoint({
    method: 'get',
    path: '/admin/routes',
    tags,
    summary: 'List routes',
    request: { query: PageQuery },
    responses: { 200: json(pageOf(RouteJson), 'By path') },
  }),
  async (c) => {
    const routes = (await listRoutes(c.var.app, c.var.actor)).map(toRouteJson)
    return c.json(
      pageWithin(routes, c.req.valid('query'), ({ id }) => id),
      200,
    )
  },
)
upstreamsApi.openapi(
  endpoint({
    method: 'post',
    path: '/admin/routes',
    tags,
    summary: 'Create a route',
    middleware: idempotent(),
    request: { headers: IdempotencyHeaders, body: body(CreateRoute) },
    responses: { 201: json(RouteJson, 'The route') },
  }),
  async (c) =>
    c.json(toRouteJson(await createRoute(c.var.app, c.var.actor, c.req.valid('json'))), 201),
)
upstreamsApi.openapi(
  endpoint({
    method: 'get',
    path: '/admin/routes/{id}',
    tags,
    summary: 'One route, by id or name',
    request: { params: IdParam },
    responses: { 200: json(RouteJson, 'The route') },
  }),
  async (c) =>
    c.json(toRouteJson(await getRoute(c.var.app, c.var.actor, c.req.valid('param').id)), 200),
)
upstreamsApi.openapi(
  endpoint({
    method: 'patch',
    path: '/admin/routes/{id}',
    tags,
    summary: 'Change a route',
    request: { params: IdParam, body: body(UpdateRoute) },
    responses: { 200: json(RouteJson, 'The route') },
  }),
  async (c) =>
    c.json(
      toRouteJson(
        await updateRoute(c.var.app, c.var.actor, c.req.valid('param').id, c.req.valid('json')),
      ),
      200,
    ),
)
upstreamsApi.openapi(
  endpoint({
    method: 'delete',
    path: '/admin/routes/{id}',
    tags,
    summary: 'Delete a route',
    request: { params: IdParam },
    responses: noContent('Deleted'),
  }),
  async (c) => {
    await deleteRoute(c.var.app, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)
