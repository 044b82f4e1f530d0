import { createRoute, z } from '@hono/zod-openapi'
import { body, json } from '../../core/http/responses.ts'
import { createRouter } from '../../core/http/router.ts'
import { OfferPortalSession, offerPortalSession } from './portal-sessions.ts'

/** Ways into the portal for the operator's own application. */
export const portalSessionsApi = createRouter()

const PortalSession = z
  .object({
    code: z.string(),
    url: z.string().openapi({
      description: 'Where to send the browser; takes `&next=/keys`, the page that comes afterwards',
    }),
    expires_at: z.string(),
  })
  .openapi('PortalSession')

portalSessionsApi.openapi(
  createRoute({
    method: 'post',
    path: '/admin/portal-sessions',
    tags: ['Users'],
    summary: 'Get an address that opens the portal as a user, once and within 60 seconds',
    request: { body: body(OfferPortalSession) },
    responses: { 201: json(PortalSession, 'The address') },
  }),
  async (c) => {
    const { app, actor } = c.var
    const { code, url, expiresAt } = await offerPortalSession(app, actor, c.req.valid('json'))
    c.header('cache-control', 'no-store')
    return c.json({ code, url, expires_at: expiresAt.toISOString() }, 201)
  },
)
