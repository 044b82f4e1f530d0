import { createMiddleware } from 'hono/factory'
import type { ApiEnv } from '../../core/http/router.ts'
import { getSettings, type Settings } from '../../features/settings/settings.ts'

/** Security headers for everything that is not a page (pages add their nonce to the policy). */
export const securityHeaders = createMiddleware<ApiEnv>(async (c, next) => {
  await next()
  const headers = c.res.headers
  headers.set('x-content-type-options', 'nosniff')
  headers.set('referrer-policy', 'strict-origin-when-cross-origin')
  headers.set('cross-origin-opener-policy', 'same-origin')
  const settings = await getSettings(c.var.app)
  // For browsers that do not know frame-ancestors; it cannot name origins, so they get it only where it is the whole rule.
  if (settings.portal_embed_origins.length === 0 && !headers.has('x-frame-options'))
    headers.set('x-frame-options', 'DENY')
  if (c.var.app.config.publicUrl.startsWith('https:')) {
    headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains')
  }
  if (!headers.has('content-security-policy')) {
    headers.set('content-security-policy', contentSecurityPolicy(settings))
  }
})

/** Where the policy holds: in development Vite puts styles into the page, and tells of changes by a socket. */
export type Mode = 'production' | 'development'

/** What a page may load, and who may frame it. */
export function contentSecurityPolicy(
  settings: Settings,
  nonce?: string,
  mode: Mode = 'production',
): string {
  const isDevelopment = mode === 'development'
  const ours = nonce ? `'self' 'nonce-${nonce}'` : "'self'"
  const css = settings.portal_custom_css_url
    ? ` ${new URL(settings.portal_custom_css_url).origin}`
    : ''
  const frames =
    settings.portal_embed_origins.length > 0 ? settings.portal_embed_origins.join(' ') : "'none'"
  return [
    "default-src 'self'",
    `script-src ${ours}`,
    `style-src ${isDevelopment ? "'self' 'unsafe-inline'" : ours}${css}`,
    "img-src 'self' https: data:",
    "font-src 'self' https:",
    `connect-src 'self'${isDevelopment ? ' ws:' : ''}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${frames}`,
  ].join('; ')
}
