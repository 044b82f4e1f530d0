import { createRoute, z } from '@hono/zod-openapi'
import { PageQuery, pageOf } from '../../core/http/pagination.ts'
import { body, IdParam, json, noContent } from '../../core/http/responses.ts'
import { createRouter } from '../../core/http/router.ts'
import { IdempotencyHeaders, idempotent } from '../../core/idempotency/idempotency.ts'
import { AddNote, addNote, listNotes, NoteJson, removeNote } from './user-notes.ts'

/** What operators note about people. */
export const userNotesApi = createRouter()

const tags = ['Users']
const path = '/admin/users/{id}/notes'

userNotesApi.openapi(
  createRoute({
    method: 'get',
    path,
    tags,
    summary: 'What operators noted about a user',
    request: { params: IdParam, query: PageQuery },
    responses: { 200: json(pageOf(NoteJson), 'Newest first') },
  }),
  async (c) => {
    const { id } = c.req.valid('param')
    return c.json(await listNotes(c.var.app, c.var.actor, id, c.req.valid('query')), 200)
  },
)
userNotesApi.openapi(
  createRoute({
    method: 'post',
    path,
    tags,
    summary: 'Note something about a user; no customer ever sees it',
    middleware: idempotent(),
    request: { params: IdParam, headers: IdempotencyHeaders, body: body(AddNote) },
    responses: { 201: json(NoteJson, 'The note') },
  }),
  async (c) => {
    const { id } = c.req.valid('param')
    return c.json(await addNote(c.var.app, c.var.actor, id, c.req.valid('json')), 201)
  },
)
userNotesApi.openapi(
  createRoute({
    method: 'delete',
    path: `${path}/{note}`,
    tags,
    summary: 'Remove a note',
    request: { params: IdParam.extend({ note: z.string().max(100) }) },
    responses: noContent('Removed'),
  }),
  async (c) => {
    const { id, note } = c.req.valid('param')
    await removeNote(c.var.app, c.var.actor, id, note)
    return c.body(null, 204)
  },
)
