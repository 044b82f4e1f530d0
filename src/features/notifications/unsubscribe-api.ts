import { createRoute, z } from '@hono/zod-openapi'
import { json } from '../../core/http/responses.ts'
import { createRouter } from '../../core/http/router.ts'
import { arrivalAt } from '../sessions/next-path.ts'
import { stopMails } from './unsubscribe.ts'

export const unsubscribeApi = createRouter()

const path = '/auth/unsubscribe'
const tags = ['Notifications']
const query = z.object({ token: z.string().max(1000) })
/** What a mail program sends for its reader, and nothing else may be asked of it (RFC 8058). */
const OneClick = z.object({ 'List-Unsubscribe': z.literal('One-Click') })

unsubscribeApi.openapi(
  createRoute({
    method: 'get',
    path,
    tags,
    summary: 'The link of a mail: leads to the page that stops such mails',
    security: [],
    request: { query },
    responses: { 302: { description: 'To the page; looking changes nothing' } },
  }),
  (c) => {
    const token = encodeURIComponent(c.req.valid('query').token)
    return c.redirect(arrivalAt(`/unsubscribe?token=${token}`, c.var), 302)
  },
)

unsubscribeApi.openapi(
  createRoute({
    method: 'post',
    path,
    tags,
    summary: 'Stop mails of one kind, as mail programs do at one click (RFC 8058)',
    description:
      'The token of the mail says whose and which; no sign-in is asked for or looked at.',
    security: [],
    request: {
      query,
      body: {
        required: true,
        content: {
          'application/x-www-form-urlencoded': { schema: OneClick },
          'multipart/form-data': { schema: OneClick },
        },
      },
    },
    responses: { 200: json(z.object({ unsubscribed: z.literal(true) }), 'Stopped') },
  }),
  async (c) => {
    const { token } = c.req.valid('query')
    await stopMails(c.var.app, c.var.actor, { token, which: 'these' })
    return c.json({ unsubscribed: true as const }, 200)
  },
)
