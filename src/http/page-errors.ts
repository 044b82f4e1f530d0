import { data, isRouteErrorResponse, redirect, type ServerBuild } from 'react-router'
import { isUnstorableText } from '../core/db/violations.ts'
import { AppError, unstorableText } from '../core/errors.ts'
import { pageContext } from '../core/http/page-context.ts'

type Handler = (args: never) => unknown
type PageArgs = {
  request: Request
  context: {
    get: (key: typeof pageContext) => {
      app: { log: { error: (o: object, m: string) => void } }
      requestId: string
      basePath: string
      refusal: AppError | null
    }
  }
}

/**
 * The build with every loader and action guarded: a failure that the reader can act on becomes the
 * error page with its status and code, a missing sign-in leads to the sign-in page and back, and a
 * bug is logged once with its request id.
 */
export function guardPages(build: ServerBuild): ServerBuild {
  const routes = Object.entries(build.routes).map(([id, route]) => {
    if (!route) return [id, route]
    const { loader, action } = route.module
    const module = {
      ...route.module,
      ...(loader && { loader: guard(loader as Handler) }),
      ...(action && { action: guard(unlessRefused(action as Handler)) }),
    }
    return [id, { ...route, module }]
  })
  return { ...build, routes: Object.fromEntries(routes) }
}

/** An action whose form was refused on its way here, by the limits or as forged, is not run. */
function unlessRefused(action: Handler): Handler {
  return (args: PageArgs) => {
    const { refusal } = args.context.get(pageContext)
    if (refusal) throw refusal
    return action(args as never)
  }
}

function guard(handler: Handler) {
  return async (args: PageArgs) => {
    try {
      return await handler(args as never)
    } catch (error) {
      throw toPageError(error, args)
    }
  }
}

function toPageError(error: unknown, { request, context }: PageArgs): unknown {
  if (error instanceof Response || isRouteErrorResponse(error) || !(error instanceof Error))
    return error
  if (isUnstorableText(error)) return toPageError(unstorableText(), { request, context })
  const { app, requestId, basePath } = context.get(pageContext)
  if (!(error instanceof AppError)) {
    app.log.error({ err: error, requestId, path: new URL(request.url).pathname }, 'page failed')
    return data({ code: 'internal_error', message: '', request_id: requestId }, { status: 500 })
  }
  if (error.kind === 'unauthenticated') return toSignIn(request, basePath)
  if (error.code === 'two_factor_required') return redirect('/settings/security#two-factor')
  return data(
    { code: error.code, ...error.sentence, request_id: requestId },
    { status: error.status },
  )
}

/** The portal's login, and back: portal paths are told without the base path, which the router adds. */
function toSignIn(request: Request, basePath: string): Response {
  const { pathname, search, host } = new URL(request.url)
  const page = pathname.replace(/(\/_root)?\.data$/, '')
  const isPortal = page === basePath || page.startsWith(`${basePath}/`)
  const next = encodeURIComponent((isPortal ? page.slice(basePath.length) || '/' : page) + search)
  return redirect(isPortal ? `/login?next=${next}` : `//${host}${basePath}/login?next=${next}`)
}
