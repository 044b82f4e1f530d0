import { createRoute } from '@hono/zod-openapi'
import { requireAdmin } from '../../core/actor.ts'
import { PageQuery, pageOf, pageWithin } from '../../core/http/pagination.ts'
import { body, IdParam, json, noContent } from '../../core/http/responses.ts'
import { createRouter } from '../../core/http/router.ts'
import { IdempotencyHeaders, idempotent } from '../../core/idempotency/idempotency.ts'
import { PlanJson, toPlanJson } from './plan-json.ts'
import {
  CreatePlan,
  createPlan,
  deletePlan,
  getPlan,
  listPlans,
  UpdatePlan,
  updatePlan,
} from './plans.ts'

export const plansApi = createRouter()

const tags = ['Plans']

plansApi.openapi(
  createRoute({
    method: 'get',
    path: '/admin/plans',
    tags,
    summary: 'List plans',
    request: { query: PageQuery },
    responses: { 200: json(pageOf(PlanJson), 'Cheapest first') },
  }),
  async (c) => {
    requireAdmin(c.var.actor)
    const plans = (await listPlans(c.var.app)).map(toPlanJson)
    return c.json(
      pageWithin(plans, c.req.valid('query'), ({ id }) => id),
      200,
    )
  },
)
plansApi.openapi(
  createRoute({
    method: 'post',
    path: '/admin/plans',
    tags,
    summary: 'Create a plan',
    middleware: idempotent(),
    request: { headers: IdempotencyHeaders, body: body(CreatePlan) },
    responses: { 201: json(PlanJson, 'The plan') },
  }),
  async (c) =>
    c.json(toPlanJson(await createPlan(c.var.app, c.var.actor, c.req.valid('json'))), 201),
)
plansApi.openapi(
  createRoute({
    method: 'get',
    path: '/admin/plans/{id}',
    tags,
    summary: 'One plan, by id or slug',
    request: { params: IdParam },
    responses: { 200: json(PlanJson, 'The plan') },
  }),
  async (c) => {
    requireAdmin(c.var.actor)
    return c.json(toPlanJson(await getPlan(c.var.app, c.req.valid('param').id)), 200)
  },
)
plansApi.openapi(
  createRoute({
    method: 'patch',
    path: '/admin/plans/{id}',
    tags,
    summary: 'Change a plan for all who are on it',
    request: { params: IdParam, body: body(UpdatePlan) },
    responses: { 200: json(PlanJson, 'The plan') },
  }),
  async (c) =>
    c.json(
      toPlanJson(
        await updatePlan(c.var.app, c.var.actor, c.req.valid('param').id, c.req.valid('json')),
      ),
      200,
    ),
)
plansApi.openapi(
  createRoute({
    method: 'delete',
    path: '/admin/plans/{id}',
    tags,
    summary: 'Delete a plan that nobody is on',
    request: { params: IdParam },
    responses: noContent('Deleted'),
  }),
  async (c) => {
    await deletePlan(c.var.app, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)
