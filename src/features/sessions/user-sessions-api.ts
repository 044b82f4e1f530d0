import { createRoute, z } from '@hono/zod-openapi'
import { PageQuery, pageOf, pageWithin } from '../../core/http/pagination.ts'
import { IdParam, json, noContent } from '../../core/http/responses.ts'
import { createRouter } from '../../core/http/router.ts'
import { endSessionOfUser, listSessionsOfUser, SessionRow } from './sessions.ts'

/** Where people are signed in, for the operator. */
export const userSessionsApi = createRouter()

const tags = ['Users']
const path = '/admin/users/{id}/sessions'
const Sessions = pageOf(SessionRow.omit({ is_current: true }))

userSessionsApi.openapi(
  createRoute({
    method: 'get',
    path,
    tags,
    summary: 'Where a user is signed in',
    request: { params: IdParam, query: PageQuery },
    responses: { 200: json(Sessions, 'Latest first') },
  }),
  async (c) => {
    const rows = await listSessionsOfUser(c.var.app, c.var.actor, c.req.valid('param').id)
    const data = rows.map(({ is_current: _, ...row }) => row)
    return c.json(
      pageWithin(data, c.req.valid('query'), ({ id }) => id),
      200,
    )
  },
)
userSessionsApi.openapi(
  createRoute({
    method: 'delete',
    path: `${path}/{session}`,
    tags,
    summary: 'End a session of a user',
    request: { params: IdParam.extend({ session: z.string().max(100) }) },
    responses: noContent('Ended'),
  }),
  async (c) => {
    const { id, session } = c.req.valid('param')
    await endSessionOfUser(c.var.app, c.var.actor, id, session)
    return c.body(null, 204)
  },
)
