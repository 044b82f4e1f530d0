import { createRoute } from '@hono/zod-openapi'
import { pageOf } from '../../core/http/pagination.ts'
import { IdParam, json } from '../../core/http/responses.ts'
import { createRouter } from '../../core/http/router.ts'
import { getMail, ListMails, listMails, MailJson } from './mails.ts'

export const notificationsApi = createRouter()

const tags = ['Mail']

notificationsApi.openapi(
  createRoute({
    method: 'get',
    path: '/admin/mail',
    tags,
    summary: 'The last thousand mails',
    request: { query: ListMails },
    responses: { 200: json(pageOf(MailJson), 'Newest first') },
  }),
  async (c) => c.json(await listMails(c.var.app, c.var.actor, c.req.valid('query')), 200),
)

notificationsApi.openapi(
  createRoute({
    method: 'get',
    path: '/admin/mail/{id}',
    tags,
    summary: 'One mail',
    request: { params: IdParam },
    responses: { 200: json(MailJson, 'The mail') },
  }),
  async (c) => c.json(await getMail(c.var.app, c.var.actor, c.req.valid('param').id), 200),
)

/** Nothing in a mail may run, or ask for anything but the logo; our own page may frame it. */
const mailPolicy = [
  'sandbox',
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src https:',
  "frame-ancestors 'self'",
].join('; ')

/** The mail as its reader sees it. */
notificationsApi.get('/admin/mail/:id/html', async (c) => {
  const mail = await getMail(c.var.app, c.var.actor, c.req.param('id'))
  c.header('content-security-policy', mailPolicy)
  c.header('x-frame-options', 'SAMEORIGIN')
  return c.html(mail.html)
})
