import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose'
import type { AuthorizationServer } from 'oauth4webapi'
import { z } from 'zod'
import type { App } from '../../core/app.ts'
import { boundedFetch } from '../../core/http/bounded-fetch.ts'
import type { Provider } from './providers.ts'

/** What is known of a provider's server. */
export type ProviderServer = {
  metadata: AuthorizationServer
  /** The keys that it signs with; null for one without discovery. */
  keys: JWTVerifyGetKey | null
  /** The operator wrote an address of plain HTTP. */
  isInsecure: boolean
}

const refreshMs = 3_600_000
/** So long nobody asks again a server that did not answer. */
const pauseMs = 10_000
/** At most so often the keys are fetched because a token names an unknown one: anybody can write such a token. */
const unknownKeyPauseMs = 2000

type Entry = { server: Promise<ProviderServer>; until: number }

/**
 * The addresses and keys of a provider, by discovery (OpenID Connect Discovery 1.0), asked anew each
 * hour. One that answers no more is taken as it was.
 */
export function getServer(app: App, provider: Provider): Promise<ProviderServer> {
  const entries = app.once(createEntries)
  const name = JSON.stringify([provider.id, provider.issuerUrl, provider.given])
  const now = app.now().getTime()
  const known = entries.get(name)
  if (known && known.until > now) return known.server
  const entry: Entry = { server: discover(app, provider), until: now + refreshMs }
  entries.set(name, entry)
  entry.server.catch(() => {
    entry.until = now + pauseMs
    if (known) entry.server = known.server
  })
  return known ? entry.server.catch(() => known.server) : entry.server
}

/** A few at most: their names hold settings alone. */
const createEntries = () => new Map<string, Entry>()

async function discover(app: App, provider: Provider): Promise<ProviderServer> {
  const { issuerUrl, given } = provider
  const found = issuerUrl === null ? null : await fetchMetadata(provider, issuerUrl)
  const metadata: AuthorizationServer = {
    // Plain OAuth 2.0 has no name for its server: the address that gives tokens is one.
    ...(found ?? { issuer: given.token! }),
    ...(given.authorize && { authorization_endpoint: given.authorize }),
    ...(given.token && { token_endpoint: given.token }),
    ...(given.userinfo && { userinfo_endpoint: given.userinfo }),
  }
  const keys = found ? createKeys(app, found.jwks_uri) : null
  const isInsecure = (issuerUrl ?? given.token!).startsWith('http:')
  return { metadata, keys, isInsecure }
}

/** The keys of a provider: kept for an hour, and fetched anew when one is not among them. */
function createKeys(app: App, url: string): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(url), {
    cacheMaxAge: refreshMs,
    // When to look for an unknown key is decided below.
    cooldownDuration: refreshMs,
    [customFetch]: boundedFetch,
  })
  let quietUntil = 0
  return async (header, token) => {
    try {
      return await keys(header, token)
    } catch (error) {
      const now = app.now().getTime()
      if (!(error instanceof errors.JWKSNoMatchingKey) || now < quietUntil) throw error
      quietUntil = now + unknownKeyPauseMs
      await keys.reload()
      return keys(header, token)
    }
  }
}

const Address = z.url({ protocol: /^https?$/ })
const Metadata = z.object({
  issuer: z.string(),
  authorization_endpoint: Address,
  token_endpoint: Address,
  userinfo_endpoint: Address.optional(),
  jwks_uri: Address,
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
})

async function fetchMetadata(provider: Provider, issuerUrl: string) {
  const base = issuerUrl.replace(/\/$/, '')
  const response = await boundedFetch(`${base}/.well-known/openid-configuration`, {
    headers: { accept: 'application/json' },
  })
  if (response.status !== 200) throw new Error(`discovery answered ${response.status}`)
  const metadata = Metadata.parse(await response.json())
  if (!isIssuerOf(provider, metadata.issuer, base))
    throw new Error(`discovery names another issuer: ${metadata.issuer}`)
  return metadata
}

/** Microsoft answers for a tenant's name with its number, and for many tenants with a template. */
function isIssuerOf({ id }: Provider, issuer: string, base: string): boolean {
  if (issuer.replace(/\/$/, '') === base) return true
  return id === 'microsoft' && issuer.startsWith(`${new URL(base).origin}/`)
}
