import type { Context } from 'hono'
import type { ApiEnv } from '../core/http/router.ts'

/** What is below the pages' paths and is none: signing in by JSON, a mail as its reader sees it, files. */
const notPages = /^\/portal\/auth\/login$|^\/admin\/mail\/[^/]+\/html$|^\/admin\/.+\/export$/

/** True for what the page renderer answers: the portal, and the admin's paths when a browser asks. */
export function isPage(c: Context<ApiEnv>): boolean {
  const { path } = c.req
  if (notPages.test(path)) return false
  if (isUnder(path, c.var.basePath) || path === `${c.var.basePath}.data`) return true
  if (!isUnder(path, '/admin') && path !== '/admin.data') return false
  return path.endsWith('.data') || wantsHtml(c)
}

/** True for a form that was sent to a page. */
export const isPageWrite = (c: Context<ApiEnv>) =>
  isPage(c) && !['GET', 'HEAD'].includes(c.req.method)

/** True for a browser that comes by a mailed link, or back from a provider. */
export const isArrival = (c: Context<ApiEnv>) =>
  c.req.method === 'GET' && isUnder(c.req.path, '/auth') && wantsHtml(c)

const wantsHtml = (c: Context<ApiEnv>) => (c.req.header('accept') ?? '').includes('text/html')

/** Under which base the renderer answers a page: the admin's paths are written whole. */
export const baseOf = (c: Context<ApiEnv>) =>
  /^\/(admin|auth)(\/|$)/.test(c.req.path) ? '/' : c.var.basePath

function isUnder(path: string, base: string): boolean {
  return path === base || path.startsWith(`${base}/`)
}
