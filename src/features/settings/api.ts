import { createRoute, z } from '@hono/zod-openapi'
import { PageQuery, pageOf, pageWithin } from '../../core/http/pagination.ts'
import { body, json, noContent } from '../../core/http/responses.ts'
import { createRouter } from '../../core/http/router.ts'
import { findSetting, listSettings, setSetting, unsetSetting } from './settings.ts'

export const settingsApi = createRouter()

const tags = ['Settings']
const KeyParam = z.object({ key: z.string().max(100) })
/** Any of the types that a setting may have; which one, its definition says. */
const SettingValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.union([z.string(), z.number()])),
  z.record(z.string(), z.string()),
])
const SettingJson = z
  .object({
    key: z.string(),
    value: z.unknown(),
    default: z.unknown(),
    is_set: z.boolean(),
    is_secret: z.boolean(),
  })
  .openapi('Setting')

settingsApi.openapi(
  createRoute({
    method: 'get',
    path: '/admin/settings',
    tags,
    summary: 'List settings',
    request: { query: PageQuery.extend({ limit: PageQuery.shape.limit.default(100) }) },
    responses: { 200: json(pageOf(SettingJson), 'In the order of their groups') },
  }),
  async (c) => {
    const settings = await listSettings(c.var.app, c.var.actor)
    return c.json(
      pageWithin(settings, c.req.valid('query'), ({ key }) => key),
      200,
    )
  },
)
settingsApi.openapi(
  createRoute({
    method: 'get',
    path: '/admin/settings/{key}',
    tags,
    summary: 'One setting',
    request: { params: KeyParam },
    responses: { 200: json(SettingJson, 'The setting; the value of a secret is null') },
  }),
  async (c) => c.json(await findSetting(c.var.app, c.var.actor, c.req.valid('param').key), 200),
)
settingsApi.openapi(
  createRoute({
    method: 'put',
    path: '/admin/settings/{key}',
    tags,
    summary: 'Change a setting, for the next request on',
    request: { params: KeyParam, body: body(z.strictObject({ value: SettingValue })) },
    responses: { 200: json(SettingJson, 'The setting') },
  }),
  async (c) => {
    const { key } = c.req.valid('param')
    await setSetting(c.var.app, c.var.actor, key, c.req.valid('json').value)
    return c.json(await findSetting(c.var.app, c.var.actor, key), 200)
  },
)
settingsApi.openapi(
  createRoute({
    method: 'delete',
    path: '/admin/settings/{key}',
    tags,
    summary: 'Put a setting back to its default',
    request: { params: KeyParam },
    responses: noContent('Unset'),
  }),
  async (c) => {
    await unsetSetting(c.var.app, c.var.actor, c.req.valid('param').key)
    return c.body(null, 204)
  },
)
