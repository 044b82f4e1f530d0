import { createRoute, z } from '@hono/zod-openapi'
import { AppError } from '../../core/errors.ts'
import { json } from '../../core/http/responses.ts'
import { createRouter } from '../../core/http/router.ts'
import { IdempotencyHeaders, idempotent } from '../../core/idempotency/idempotency.ts'
import { CloudEvent } from './cloud-event.ts'
import { recordEvents } from './record-events.ts'

export const eventsApi = createRouter()

const RecordedJson = z
  .object({
    accepted: z.number().int(),
    duplicates: z.number().int().openapi({ description: 'Counted before, and not again' }),
    rejected: z.array(z.object({ index: z.number().int(), code: z.string(), detail: z.string() })),
  })
  .openapi('RecordedEvents')

const path = '/api/v1/events'
const types = /^application\/(cloudevents(-batch)?\+)?json *(;|$)/i

// Described here and read below: numbers are taken as they were written, which a parser of JSON forgets.
eventsApi.openAPIRegistry.registerPath(
  createRoute({
    method: 'post',
    path,
    tags: ['Events'],
    summary: 'Count usage by events (CloudEvents 1.0), one or up to 1,000',
    description:
      'With the admin token or a service key of the scope meter:write, as bearer token. An event counts once by its source and id. A bad one is rejected by its index and hinders no other.',
    request: {
      headers: IdempotencyHeaders,
      body: {
        required: true,
        content: {
          'application/cloudevents+json': { schema: CloudEvent },
          'application/cloudevents-batch+json': { schema: z.array(CloudEvent) },
        },
      },
    },
    responses: { 202: json(RecordedJson, 'What became of the events') },
  }),
)
eventsApi.post(path, idempotent(), async (c) => {
  if (!types.test(c.req.header('content-type') ?? '')) {
    throw new AppError(
      'unsupported',
      'unsupported_media_type',
      'Send application/cloudevents+json or application/cloudevents-batch+json.',
    )
  }
  const text = decode(await c.req.arrayBuffer())
  return c.json(await recordEvents(c.var.app, c.var.actor, text), 202)
})

/** Bytes that are no UTF-8 would all be read as the same character, and different ids as one. */
function decode(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new AppError('bad_request', 'bad_request', 'The body is not valid UTF-8.')
  }
}
