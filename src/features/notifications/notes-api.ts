import { createRoute, z } from '@hono/zod-openapi'
import { pageOf } from '../../core/http/pagination.ts'
import { body, IdParam, json, noContent } from '../../core/http/responses.ts'
import { createRouter } from '../../core/http/router.ts'
import { getMailModes, MailModes, updateMailModes } from './mail-modes.ts'
import { ListNotes, listNotes, NoteJson, readAllNotes, readNote } from './notes.ts'

export const notesApi = createRouter()

const tags = ['Notifications']

notesApi.openapi(
  createRoute({
    method: 'get',
    path: '/api/portal/notifications',
    tags,
    summary: 'What you were told, of your account and of the organization',
    request: { query: ListNotes },
    responses: { 200: json(pageOf(NoteJson), 'Newest first') },
  }),
  async (c) => c.json(await listNotes(c.var.app, c.var.actor, c.req.valid('query')), 200),
)

notesApi.openapi(
  createRoute({
    method: 'post',
    path: '/api/portal/notifications/{id}/read',
    tags,
    summary: 'Mark a notification as read',
    request: { params: IdParam },
    responses: noContent('Read'),
  }),
  async (c) => {
    await readNote(c.var.app, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)

notesApi.openapi(
  createRoute({
    method: 'post',
    path: '/api/portal/notifications/read-all',
    tags,
    summary: 'Mark all notifications as read',
    responses: noContent('Read'),
  }),
  async (c) => {
    await readAllNotes(c.var.app, c.var.actor)
    return c.body(null, 204)
  },
)

const MailModesJson = z.object({ email: MailModes }).openapi('NotificationPreferences')
const UpdateMailModes = z
  .strictObject({ email: MailModes })
  .openapi('UpdateNotificationPreferences')

notesApi.openapi(
  createRoute({
    method: 'get',
    path: '/api/portal/notifications/preferences',
    tags,
    summary: 'How you are mailed of each kind of notification',
    responses: { 200: json(MailModesJson, 'At once, once a day, or not at all') },
  }),
  async (c) => c.json({ email: await getMailModes(c.var.app, c.var.actor) }, 200),
)

notesApi.openapi(
  createRoute({
    method: 'put',
    path: '/api/portal/notifications/preferences',
    tags,
    summary: 'Choose how you are mailed; what is left out stays',
    request: { body: body(UpdateMailModes) },
    responses: { 200: json(MailModesJson, 'What holds now') },
  }),
  async (c) => {
    const { email } = c.req.valid('json')
    return c.json({ email: await updateMailModes(c.var.app, c.var.actor, email) }, 200)
  },
)
