import { createRoute, z } from '@hono/zod-openapi'
import { json } from '../../core/http/responses.ts'
import { createRouter } from '../../core/http/router.ts'
import { issueLiveToken } from './live-token.ts'

export const liveApi = createRouter()

liveApi.openapi(
  createRoute({
    method: 'post',
    path: '/api/portal/live/token',
    tags: ['Live'],
    summary: 'A token that opens one live connection',
    description:
      'Connect a WebSocket to /api/portal/live?token=… within 30 seconds. Send {"type":"subscribe","stream":"logs:<organization id>","after":<seq>}; you get {"type":"subscribed","stream","seq"}, then each {"type":"event","stream","seq","event","data"}. Come back with the last seq as `after` and nothing is missed; where something is, {"type":"error","stream","code":"events_missed"} says so.',
    responses: {
      201: json(
        z.object({ token: z.string(), expires_at: z.string() }).openapi('LiveToken'),
        'Single use',
      ),
    },
  }),
  async (c) => {
    const { token, expiresAt } = await issueLiveToken(c.var.app, c.var.actor)
    return c.json({ token, expires_at: expiresAt.toISOString() }, 201)
  },
)
