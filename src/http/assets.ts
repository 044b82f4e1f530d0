import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { MiddlewareHandler } from 'hono'
import { AppError } from '../core/errors.ts'
import type { ApiEnv } from '../core/http/router.ts'

/** Answers what lies below `/assets`: the browser's files. */
export type Assets = MiddlewareHandler<ApiEnv>

/** Files as they were built, with content hashes in their names. */
export function serveBuiltAssets(root: string): Assets {
  const serve = serveStatic<ApiEnv>({ root })
  return async (c, next) => {
    const response = await serve(c, next)
    if (c.res.ok) c.res.headers.set('cache-control', 'public, max-age=31536000, immutable')
    return response
  }
}

/** A handler of Node's own kind, as Vite has it. */
export type NodeMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void

/** Modules as they are written, which Vite makes for the browser when it asks. */
export function serveSourceAssets(middleware: NodeMiddleware): Assets {
  return (c) => {
    const { incoming, outgoing } = c.env as HttpBindings
    return new Promise((resolve, reject) => {
      outgoing.once('close', () => resolve(RESPONSE_ALREADY_SENT))
      middleware(incoming, outgoing, (error) =>
        reject(error ?? new AppError('not_found', 'not_found', 'There is nothing here.')),
      )
    })
  }
}
