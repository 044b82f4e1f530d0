import type { App } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { getSettings, type Settings } from '../settings/settings.ts'

export const providerIds = ['sso', 'google', 'microsoft'] as const
export type ProviderId = (typeof providerIds)[number]

/** Where people may prove who they are, instead of by a password here. */
export type Provider = {
  id: ProviderId
  /** As people know it: “Sign in with …”. */
  name: string
  clientId: string
  /** Null for a public client, which has PKCE alone. */
  clientSecret: string | null
  scopes: string
  /** `oidc`: an ID token says who they are. `oauth2`: what the user info address says. */
  kind: 'oidc' | 'oauth2'
  /** Where discovery begins; null where every address is given. */
  issuerUrl: string | null
  /** Addresses that the operator gave, which go before what discovery says. */
  given: { authorize: string | null; token: string | null; userinfo: string | null }
  /** The operator's own: it decides roles, and who gets an account. */
  isOperators: boolean
}

/** The providers that are set up, for the page to sign in. */
export async function listProviders(app: App): Promise<Provider[]> {
  const settings = await getSettings(app)
  return providerIds
    .map((id) => readProvider(app, settings, id))
    .filter((provider) => 'id' in provider)
}

/** @throws AppError `sso_not_configured`, with the setting that is missing. */
export async function getProvider(app: App, id: ProviderId): Promise<Provider> {
  const provider = readProvider(app, await getSettings(app), id)
  if ('id' in provider) return provider
  throw new AppError(
    'not_found',
    'sso_not_configured',
    'This way to sign in is not set up: {{setting}} is missing.',
    { params: { setting: provider.missing } },
  )
}

type Missing = { missing: string }

function readProvider(app: App, settings: Settings, id: ProviderId): Provider | Missing {
  if (id === 'sso')
    return settings.sso_provider ? readSso(settings) : readEnvironment(app, settings)
  return id === 'google' ? readGoogle(settings) : readMicrosoft(settings)
}

function readSso(settings: Settings): Provider | Missing {
  const { sso_provider: kind, sso_client_id: clientId, sso_issuer_url: issuerUrl } = settings
  const authorize = settings.sso_authorize_url
  const token = settings.sso_token_url
  if (!clientId) return { missing: 'sso_client_id' }
  if (!issuerUrl && kind === 'oidc') return { missing: 'sso_issuer_url' }
  if (!issuerUrl && !authorize) return { missing: 'sso_authorize_url' }
  if (!issuerUrl && !token) return { missing: 'sso_token_url' }
  return {
    ...operators(settings),
    ...{ name: settings.sso_name ?? 'SSO', kind: kind!, clientId, issuerUrl },
    given: { authorize, token, userinfo: settings.sso_userinfo_url },
  }
}

/** What `VITE_KEYCLOAK_URL` and its like say, while no setting does. */
function readEnvironment(app: App, settings: Settings): Provider | Missing {
  const { keycloak } = app.config
  if (!keycloak) return { missing: 'sso_provider' }
  return {
    ...operators(settings),
    ...{ name: settings.sso_name ?? 'Keycloak', kind: 'oidc' },
    ...keycloak,
    given: { authorize: null, token: null, userinfo: null },
  }
}

const operators = (settings: Settings) => ({
  id: 'sso' as const,
  clientSecret: settings.sso_client_secret,
  scopes: settings.sso_scopes,
  isOperators: true,
})

function readGoogle(settings: Settings): Provider | Missing {
  const { google_client_id: clientId, google_client_secret: clientSecret } = settings
  if (!clientId) return { missing: 'google_client_id' }
  if (!clientSecret) return { missing: 'google_client_secret' }
  const issuerUrl = settings.google_api_base ?? 'https://accounts.google.com'
  return { id: 'google', name: 'Google', clientId, clientSecret, issuerUrl, ...social }
}

function readMicrosoft(settings: Settings): Provider | Missing {
  const { microsoft_client_id: clientId, microsoft_client_secret: clientSecret } = settings
  if (!clientId) return { missing: 'microsoft_client_id' }
  if (!clientSecret) return { missing: 'microsoft_client_secret' }
  const base = settings.microsoft_api_base ?? 'https://login.microsoftonline.com'
  const issuerUrl = `${base}/${settings.microsoft_tenant}/v2.0`
  return { id: 'microsoft', name: 'Microsoft', clientId, clientSecret, issuerUrl, ...social }
}

const social = {
  kind: 'oidc',
  scopes: 'openid profile email',
  given: { authorize: null, token: null, userinfo: null },
  isOperators: false,
} as const

/** The links of the page to sign in, which lead on to `next`. */
export async function listProviderLinks(
  app: App,
  next: string | null,
): Promise<{ name: string; href: string }[]> {
  const query = next === null ? '' : `?next=${encodeURIComponent(next)}`
  const providers = await listProviders(app)
  return providers.map(({ id, name }) => ({ name, href: startPathOf(id) + query }))
}

/** Where signing in at a provider begins. */
export const startPathOf = (id: ProviderId) => (id === 'sso' ? '/auth/sso' : `/auth/oauth/${id}`)

/** Where a provider sends people back to; the operator registers it there. */
export const callbackUrlOf = (app: App, id: ProviderId) =>
  `${app.config.publicUrl}${startPathOf(id)}/callback`
