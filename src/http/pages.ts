import { randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import { createRequestHandler, RouterContextProvider, type ServerBuild } from 'react-router'
import type { AppError } from '../core/errors.ts'
import { pageContext } from '../core/http/page-context.ts'
import type { ApiEnv } from '../core/http/router.ts'
import { getSettings } from '../features/settings/settings.ts'
import { resolveLocale } from './locale.ts'
import { csrfToken } from './middleware/csrf.ts'
import { contentSecurityPolicy, type Mode } from './middleware/headers.ts'
import { guardPages } from './page-errors.ts'

export type PageHandler = (
  c: Context<ApiEnv>,
  basename: string,
  refusal?: AppError,
) => Promise<Response>

/**
 * Renders pages. The portal's and the admin's live in one route tree under two base paths: the
 * portal's is a setting, so a handler is made for each base path that is asked for. A build that is
 * given as a function is asked for at each request, as it changes in development.
 */
export function createPageHandler(
  given: ServerBuild | (() => Promise<ServerBuild>),
  mode: Mode,
): PageHandler {
  const prepare = (build: ServerBuild, basename: string): ServerBuild => ({
    ...guardPages(build),
    basename,
    // Foreign origins were refused before (csrf.ts). The router's own check does not know of HTTPS at a proxy.
    allowedActionOrigins: ['**'],
  })
  const handlers = new Map<string, ReturnType<typeof createRequestHandler>>()
  const handlerOf = (basename: string) => {
    const known = handlers.get(basename)
    if (known) return known
    const build =
      typeof given === 'function'
        ? async () => prepare(await given(), basename)
        : prepare(given, basename)
    const made = createRequestHandler(build, mode)
    handlers.set(basename, made)
    return made
  }
  return async (c, basename, refusal) => {
    const { app, actor, requestId, caller, ip, basePath } = c.var
    const settings = await getSettings(app)
    const nonce = randomBytes(16).toString('base64')
    const context = new RouterContextProvider()
    context.set(pageContext, {
      app,
      actor,
      requestId,
      ip,
      basePath,
      nonce,
      refusal: refusal ?? null,
      locale: await resolveLocale(c),
      timeZone: caller.timezone ?? 'UTC',
      csrfToken: csrfToken(c),
      branding: {
        companyName: settings.portal_company_name,
        logoUrl: settings.portal_logo_url,
        primaryColor: settings.portal_primary_color,
        customCssUrl: settings.portal_custom_css_url,
        welcomeMessage: settings.portal_welcome_message,
        showUsage: settings.portal_show_usage,
        showDocs: settings.portal_show_docs,
        showBilling: settings.portal_show_billing,
        registrationEnabled: settings.portal_registration_enabled,
        keyCreationEnabled: settings.portal_allow_key_creation,
      },
    })
    const response = await handlerOf(basename)(c.req.raw, context)
    c.header('content-security-policy', contentSecurityPolicy(settings, nonce, mode))
    c.header('cache-control', 'no-store')
    return c.newResponse(response.body, response)
  }
}
