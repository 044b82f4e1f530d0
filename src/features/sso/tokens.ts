import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose'
import type { App } from '../../core/app.ts'
import type { ProviderServer } from './provider-server.ts'
import type { Provider } from './providers.ts'

export type Claims = JWTPayload & Record<string, unknown>

/** Signatures by the provider's own key: a secret that we share would let everybody sign who has it. */
const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]
/** ID tokens and access tokens; not the logout tokens and others that a provider signs too. */
const types = new Set([undefined, 'jwt', 'at+jwt', 'application/at+jwt'])

/** How far the provider's clock may be from ours. */
export const clockToleranceSeconds = 30

/**
 * The claims of a token of the provider, after its signature, issuer, times and audience were
 * checked: it is ours when `aud` holds our client id or `azp` is it.
 * @throws JOSEError for a token that is not as it should be.
 */
export async function verifyToken(
  app: App,
  provider: Provider,
  server: ProviderServer,
  token: string,
): Promise<Claims> {
  if (!server.keys) throw new errors.JWTInvalid('the provider has no keys')
  const now = app.now()
  const { payload, protectedHeader } = await jwtVerify<Claims>(token, server.keys, {
    algorithms,
    issuer: issuerOf(server.metadata.issuer, token),
    clockTolerance: clockToleranceSeconds,
    currentDate: now,
    requiredClaims: ['exp', 'sub'],
  })
  if (!types.has(protectedHeader.typ?.toLowerCase())) throw new errors.JWTInvalid('a foreign kind')
  if ((payload.iat ?? 0) > now.getTime() / 1000 + clockToleranceSeconds)
    throw new errors.JWTInvalid('from the future')
  const isOurs = [payload.aud].flat().includes(provider.clientId)
  if (!isOurs && payload.azp !== provider.clientId) throw new errors.JWTInvalid('not for us')
  return payload
}

/** The issuer that a token must name; in a template of many tenants, that of the token's own. */
export function issuerOf(issuer: string, token: string | undefined): string {
  if (!token || !issuer.includes('{tenantid}')) return issuer
  const { tid } = decodeJwt<Claims>(token)
  return typeof tid === 'string' && /^[\da-f-]{36}$/i.test(tid)
    ? issuer.replace('{tenantid}', tid)
    : issuer
}

/** True for the form of a signed token: three parts, the first of which is a JSON object. */
export const isJwt = (text: string) => /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(text)
