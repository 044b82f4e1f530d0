import { bodyLimit } from 'hono/body-limit'
import { createMiddleware } from 'hono/factory'
import { isAdmin } from '../../core/actor.ts'
import { AppError } from '../../core/errors.ts'
import type { ApiEnv } from '../../core/http/router.ts'

const mebibyte = 1024 * 1024

/** No form and no JSON of ours is larger. */
const usual = mebibyte

/** Where the operator may send more: a file, a batch of events. */
const larger = [
  { path: /^\/admin\/users\/import(\.data)?$/, maxBytes: 32 * mebibyte },
  { path: /^\/api\/v1\/events$/, maxBytes: 4 * mebibyte },
]

const refuseOverUsual = bodyLimit({ maxSize: usual, onError: () => refuse(usual) })

/** Refuses bodies that are too large, before anything reads them; a file is counted while it streams. */
export const limitBody = createMiddleware<ApiEnv>(async (c, next) => {
  const { raw } = c.req
  const { actor } = c.var
  const place = larger.find(({ path }) => path.test(c.req.path))
  if (!place || !(isAdmin(actor) || actor.type === 'service_key')) return refuseOverUsual(c, next)
  if (Number(raw.headers.get('content-length') ?? 0) > place.maxBytes) refuse(place.maxBytes)
  if (raw.body && !raw.headers.has('content-length')) {
    const body = raw.body.pipeThrough(countTo(place.maxBytes))
    c.req.raw = new Request(raw, { body, duplex: 'half' } as RequestInit)
  }
  await next()
})

function countTo(maxBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.length
      if (bytes > maxBytes) controller.error(tooLarge(maxBytes))
      else controller.enqueue(chunk)
    },
  })
}

function refuse(maxBytes: number): never {
  throw tooLarge(maxBytes)
}

function tooLarge(bytes: number): AppError {
  return new AppError(
    'too_large',
    'payload_too_large',
    'A body may have {{bytes}} bytes at most here.',
    { params: { bytes } },
  )
}
