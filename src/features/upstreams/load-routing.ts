import { eq } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { helpUrlOf } from '../../core/http/problem.ts'
import { unseal } from '../../core/secret.ts'
import { reservedPaths } from '../settings/definitions.ts'
import { getSettings } from '../settings/settings.ts'
import { routes, type UpstreamRow, upstreams } from './schema.ts'

/** Enabled routes and their upstreams, with what the gateway needs of the settings. */
export async function loadRouting(app: App) {
  const [settings, rows] = await Promise.all([
    getSettings(app),
    app.db.select().from(routes).innerJoin(upstreams, eq(upstreams.id, routes.upstreamId)),
  ])
  const usable = rows.filter((row) => row.routes.enabled && row.upstreams.enabled)
  const byId = new Map(usable.map((row) => [row.upstreams.id, row.upstreams]))
  return {
    routes: usable.map(({ routes: { enabled, createdAt, updatedAt, ...route } }) => route),
    upstreams: [...byId.values()].map((upstream) => ({
      id: upstream.id,
      name: upstream.name,
      timeoutMs: upstream.timeoutMs,
      maxConcurrency: upstream.maxConcurrency,
      inFlight: new SharedArrayBuffer(4),
      ...reachOf(app, upstream),
    })),
    keyPrefix: settings.key_prefix,
    trustedProxies: settings.trusted_proxies,
    maxBodyBytes: settings.gateway_max_body_bytes,
    problemBase: helpUrlOf(app.config.publicUrl, settings.portal_base_path),
    reservedPrefixes: [...reservedPaths, settings.portal_base_path],
  }
}

/** Where an upstream is and how we sign in there; nowhere when its secret cannot be read. */
function reachOf(app: App, upstream: UpstreamRow): { urls: string[]; authHeaders: string[] } {
  try {
    return { urls: upstream.urls, authHeaders: authHeadersOf(app, upstream) }
  } catch (error) {
    app.log.error({ err: error, upstream: upstream.name }, 'an upstream is left out')
    return { urls: [], authHeaders: [] }
  }
}

function authHeadersOf(app: App, { authType, authHeader, authSecret }: UpstreamRow): string[] {
  if (authType === 'none' || authSecret === null) return []
  const secret = unseal(app.secret, authSecret)
  if (authType === 'bearer') return ['Authorization', `Bearer ${secret}`]
  if (authType === 'basic')
    return ['Authorization', `Basic ${Buffer.from(secret).toString('base64')}`]
  return [authHeader!, secret]
}
