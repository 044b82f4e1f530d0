import { createRoute } from '@hono/zod-openapi'
import { PageQuery, pageOf } from '../../core/http/pagination.ts'
import { IdParam, json } from '../../core/http/responses.ts'
import { createRouter } from '../../core/http/router.ts'
import { getMail, listMails, MailJson } from './mails.ts'

export const notificationsApi = createRouter()

const tags = ['Mail']

notificationsApi.openapi(
  createRoute({
    method: 'get',
    path: '/admin/mail',
    tags,
    summary: 'The last thousand mails',
    request: { query: PageQuery },
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

/** The mail as its reader sees it. Nothing in it may run or ask for anything. */
notificationsApi.get('/admin/mail/:id/html', async (c) => {
  const mail = await getMail(c.var.app, c.var.actor, c.req.param('id'))
  c.header('content-security-policy', "sandbox; default-src 'none'; style-src 'unsafe-inline'")
  return c.html(mail.html)
})
