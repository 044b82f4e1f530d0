import type { OpenAPIHono } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { App } from '../core/app.ts'
import { isUnstorableText } from '../core/db/violations.ts'
import { AppError, unstorableText } from '../core/errors.ts'
import { helpUrlOf, problemResponse } from '../core/http/problem.ts'
import { type ApiEnv, createRouter } from '../core/http/router.ts'
import type { Assets } from './assets.ts'
import { baseOf, isArrival, isPage, isPageWrite } from './is-page.ts'
import { openLive } from './live/handshake.ts'
import type { Room } from './live/room.ts'
import { activity } from './middleware/activity.ts'
import { actor } from './middleware/actor.ts'
import { limitBody } from './middleware/body-limit.ts'
import { cookies } from './middleware/cookies.ts'
import { csrf } from './middleware/csrf.ts'
import { securityHeaders } from './middleware/headers.ts'
import { rateLimit, rateLimitHeaders } from './middleware/rate-limit.ts'
import { requestId } from './middleware/request-id.ts'
import { standing } from './middleware/standing.ts'
import { portalSwitches } from './middleware/switches.ts'
import { wholeText } from './middleware/whole-text.ts'
import { openApiDocument } from './openapi.ts'
import type { PageHandler } from './pages.ts'

export type FrontDoor = OpenAPIHono<ApiEnv>

export type FrontDoorOptions = {
  apis: OpenAPIHono<ApiEnv>[]
  /** Absent where there are only APIs: in the CLI and in tests. */
  pages?: PageHandler
  /** The browser's files. */
  assets?: Assets
  version: string
  /** Where people follow streams live; absent where nobody can connect. */
  room?: Room
  /** Text of the metrics, for Prometheus. */
  metrics?: () => Promise<string>
}

/** Everything that is not API traffic of customers: pages, APIs, health. The order here is the order of matching. */
export function createFrontDoor(app: App, options: FrontDoorOptions): FrontDoor {
  const door = createRouter()
  const { pages } = options
  door.onError(async (error, c) => {
    // A form that was refused on its way to its page, or a way in that failed: a page says so.
    if (pages && error instanceof AppError && c.var.actor && (isPageWrite(c) || isArrival(c)))
      return pages(c, baseOf(c), error)
    return problemResponse(await explain(error, c), siteOf(c))
  })
  door.notFound((c) =>
    problemResponse(new AppError('not_found', 'not_found', 'There is nothing here.'), siteOf(c)),
  )
  door.use(async (c, next) => {
    c.set('app', app)
    c.set('requestId', '')
    c.set('basePath', '/portal')
    await next()
  })
  door.use(requestId)
  if (options.assets) door.use('/assets/*', options.assets)
  door.get('/healthz', (c) => c.json({ status: 'ok' }))
  door.get('/version', (c) => c.json({ version: options.version }))
  door.get('/readyz', async (c) => {
    await app.db.execute(sql`select 1`).catch(() => {
      throw new AppError('unavailable', 'database_unreachable', 'The database does not answer.')
    })
    return c.json({ status: 'ready' })
  })
  door.use(cookies, securityHeaders, actor, rateLimitHeaders, rateLimit, limitBody)
  door.use(portalSwitches, csrf, standing, activity)
  door.get('/metrics', async (c) => {
    if (c.var.actor.type !== 'admin_token' && !isLocal(c)) {
      throw new AppError(
        'unauthenticated',
        'unauthenticated',
        'Metrics need the admin token from here.',
      )
    }
    return c.text((await options.metrics?.()) ?? '')
  })
  const { room } = options
  if (room) door.get('/api/portal/live', (c) => openLive(c, room))
  if (pages) door.use((c, next) => (isPage(c) ? pages(c, baseOf(c)) : next()))
  door.use(wholeText)
  for (const api of options.apis) door.route('/', api)
  door.get('/openapi.json', (c) => c.json(openApiDocument(door, app, options.version)))
  for (const alias of ['/customer-portal', '/support', '/billing']) {
    const target = alias === '/customer-portal' ? '' : alias
    door.get(alias, (c) => c.redirect(`${c.var.basePath}${target}`))
  }
  return door
}

/** True when a program of this machine calls, and not for somebody else, as a proxy does. */
function isLocal(c: Context<ApiEnv>): boolean {
  const hops = (c.req.header('x-forwarded-for') ?? '').split(',')
  return hops.length === 1 && /^(127\.[\d.]+|::1)$/.test(hops[0]!.trim())
}

function siteOf(c: Context<ApiEnv>) {
  const helpUrl = helpUrlOf(c.var.app.config.publicUrl, c.var.basePath)
  return { helpUrl, requestId: c.var.requestId, path: c.req.path }
}

/** What a failure says to its reader. A bug says nothing but its request id, and is logged here, once. */
async function explain(error: Error, c: Context<ApiEnv>): Promise<AppError> {
  if (error instanceof AppError) return error
  if (isUnstorableText(error)) return unstorableText()
  if (error instanceof HTTPException && error.status === 400) {
    return new AppError('bad_request', 'bad_request', 'The body is not valid JSON.')
  }
  if (error instanceof HTTPException && error.status === 415) {
    return new AppError(
      'unsupported',
      'unsupported_media_type',
      'The Content-Type of the body is not one that this endpoint takes.',
    )
  }
  c.var.app.log.error(
    { err: error, requestId: c.var.requestId, path: c.req.path },
    'request failed',
  )
  return new AppError(
    'internal',
    'internal_error',
    'Something went wrong on our side. Name the request id {{id}} when you ask for help.',
    { params: { id: c.var.requestId } },
  )
}
