import { decodeJwt, errors } from 'jose'
import * as oauth from 'oauth4webapi'
import type { App } from '../../core/app.ts'
import { boundedFetch } from '../../core/http/bounded-fetch.ts'
import type { Attempt } from './attempts.ts'
import type { ProviderServer } from './provider-server.ts'
import { callbackUrlOf, type Provider } from './providers.ts'
import { type Claims, clockToleranceSeconds, issuerOf, verifyToken } from './tokens.ts'

/** A provider and what is known of its server. */
export type Known = { app: App; provider: Provider; server: ProviderServer }

export const clientOf = ({ provider }: Known): oauth.Client => ({
  client_id: provider.clientId,
  [oauth.clockTolerance]: clockToleranceSeconds,
})

export const optionsOf = ({ server }: Known) => ({
  [oauth.customFetch]: (url: string, init: object) => boundedFetch(url, init),
  [oauth.allowInsecureRequests]: server.isInsecure,
})

/**
 * Gives the code of an answer for tokens. An ID token comes out verified: always with OpenID Connect,
 * and with plain OAuth 2.0 where there is no address to ask who this is.
 */
export async function requestTokens(
  known: Known,
  attempt: Attempt,
  answer: URLSearchParams,
): Promise<{ accessToken: string; idToken: Claims | null }> {
  const { provider, server } = known
  const client = clientOf(known)
  const params = new URLSearchParams(answer)
  // Each provider has a callback of its own, so that none can answer for another. One without a name,
  // or with a template for it, has nothing to compare this with.
  if (!provider.issuerUrl || server.metadata.issuer.includes('{')) params.delete('iss')
  const code = oauth.validateAuthResponse(server.metadata, client, params, attempt.state)
  const response = await sendCode(known, attempt, code)
  const { id_token: given, ...rest } = response.ok ? await readTokens(response.clone()) : {}
  if (provider.kind === 'oauth2') {
    const plain = response.ok ? Response.json(rest) : response
    const tokens = await oauth.processAuthorizationCodeResponse(server.metadata, client, plain)
    const isNeeded = !server.metadata.userinfo_endpoint
    const idToken = isNeeded ? await readIdToken(known, attempt, given) : null
    return { accessToken: tokens.access_token, idToken }
  }
  const issuer = issuerOf(server.metadata.issuer, given)
  const tokens = await oauth.processAuthorizationCodeResponse(
    { ...server.metadata, issuer },
    client,
    response,
    { expectedNonce: attempt.nonce, requireIdToken: true },
  )
  // The library checks what the token says; this also who signed it.
  const idToken = await verifyToken(known.app, provider, server, tokens.id_token!)
  return { accessToken: tokens.access_token, idToken }
}

async function readTokens(response: Response): Promise<{ id_token?: string }> {
  const tokens: unknown = await response.json()
  return typeof tokens === 'object' && tokens !== null ? tokens : {}
}

/** Servers without discovery do not say how they want the client's secret: in the body, or else as basic credentials. */
async function sendCode(
  known: Known,
  { verifier }: Attempt,
  code: URLSearchParams,
): Promise<Response> {
  const { app, provider, server } = known
  const send = (auth: oauth.ClientAuth) =>
    oauth.authorizationCodeGrantRequest(
      server.metadata,
      clientOf(known),
      auth,
      code,
      callbackUrlOf(app, provider.id),
      verifier,
      optionsOf(known),
    )
  const { clientSecret: secret, issuerUrl } = provider
  if (secret === null) return send(oauth.None())
  const ways = server.metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  if (issuerUrl && ways.includes('client_secret_basic'))
    return send(oauth.ClientSecretBasic(secret))
  const response = await send(oauth.ClientSecretPost(secret))
  if (issuerUrl || response.ok || !(await response.clone().text()).includes('invalid_client'))
    return response
  return send(oauth.ClientSecretBasic(secret))
}

/**
 * The claims of an ID token from a plain OAuth 2.0 server. It came straight from the server's own
 * address, which stands for a signature where no keys are known (OpenID Connect Core 1.0, 3.1.3.7).
 */
async function readIdToken(
  { app, provider, server }: Known,
  attempt: Attempt,
  token: string | undefined,
): Promise<Claims> {
  if (!token) throw new Error('there is neither an ID token nor an address for user info')
  const claims = server.keys
    ? await verifyToken(app, provider, server, token)
    : decodeJwt<Claims>(token)
  const isOurs = [claims.aud].flat().includes(provider.clientId) && claims.nonce === attempt.nonce
  const earliest = app.now().getTime() / 1000 - clockToleranceSeconds
  if (!isOurs || !claims.exp || claims.exp < earliest)
    throw new errors.JWTInvalid('the ID token is not for this sign-in')
  return claims
}
