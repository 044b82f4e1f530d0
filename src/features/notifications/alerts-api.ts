import { createRoute } from '@hono/zod-openapi'
import { body, json } from '../../core/http/responses.ts'
import { createRouter } from '../../core/http/router.ts'
import {
  AlertPreferencesJson,
  getAlertPreferences,
  UpdateAlertPreferences,
  updateAlertPreferences,
} from './alert-preferences.ts'

export const alertsApi = createRouter()

const tags = ['Notifications']

for (const path of ['/api/portal/alert-preferences', '/api/v1/customer/alert-preferences']) {
  alertsApi.openapi(
    createRoute({
      method: 'get',
      path,
      tags,
      summary: 'Where the organization is told of what happens, and from when on',
      responses: { 200: json(AlertPreferencesJson, 'Addresses are masked') },
    }),
    async (c) => c.json(await getAlertPreferences(c.var.app, c.var.actor), 200),
  )

  alertsApi.openapi(
    createRoute({
      method: 'put',
      path,
      tags,
      summary: 'Change that; what is left out stays',
      description:
        'An address is https and public. A masked one that is sent back stays what it was; null removes it. Thresholds are percent of a limit, 50 to 100.',
      request: { body: body(UpdateAlertPreferences) },
      responses: { 200: json(AlertPreferencesJson, 'What holds now') },
    }),
    async (c) =>
      c.json(await updateAlertPreferences(c.var.app, c.var.actor, c.req.valid('json')), 200),
  )
}
