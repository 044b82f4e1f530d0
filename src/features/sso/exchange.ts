import * as oauth from 'oauth4webapi'
import { z } from 'zod'
import { boundedFetch } from '../../core/http/bounded-fetch.ts'
import { getSettings, type Settings } from '../settings/settings.ts'
import type { Attempt } from './attempts.ts'
import { claimAt, type Profile, profileOf } from './claims.ts'
import { clientOf, type Known, optionsOf, requestTokens } from './token-request.ts'
import { type Claims, isJwt, verifyToken } from './tokens.ts'

/**
 * Who came back from a provider, by the answer that it gave. What the ID token does not say is read
 * from the access token, where Keycloak writes the roles, and then asked of the user info.
 */
export async function exchangeCode(
  known: Known,
  attempt: Attempt,
  answer: URLSearchParams,
): Promise<Profile> {
  const { accessToken, idToken } = await requestTokens(known, attempt, answer)
  const settings = await getSettings(known.app)
  const places = idToken ? [idToken] : []
  if (!isEnough(settings, places))
    places.push(...(await readAccessToken(known, accessToken, places)))
  if (!isEnough(settings, places)) places.push(...(await askUserInfo(known, accessToken, idToken)))
  const issuer = idToken?.iss ?? known.server.metadata.issuer
  return profileOf(known.provider, settings, issuer, places)
}

function isEnough({ sso_role_claim: path }: Settings, places: Claims[]): boolean {
  const has = (name: string) => places.some((claims) => claimAt(claims, name) !== undefined)
  return has('email') && (!path || has(path))
}

const Anything = z.record(z.string(), z.unknown())

async function askUserInfo(
  known: Known,
  accessToken: string,
  idToken: Claims | null,
): Promise<Claims[]> {
  const { metadata } = known.server
  if (!metadata.userinfo_endpoint) return []
  const client = clientOf(known)
  if (idToken) {
    const response = await oauth.userInfoRequest(metadata, client, accessToken, optionsOf(known))
    // Not for this token: the ID token alone says who it is.
    if (response.status === 401 || response.status === 403) return []
    return [{ ...(await oauth.processUserInfoResponse(metadata, client, idToken.sub!, response)) }]
  }
  const headers = { accept: 'application/json', authorization: `Bearer ${accessToken}` }
  const response = await boundedFetch(metadata.userinfo_endpoint, { headers })
  if (!response.ok) throw new Error(`the address for user info answered ${response.status}`)
  return [Anything.parse(await response.json())]
}

/** The claims of an access token that is readable to us and about the same person; else nothing. */
async function readAccessToken(
  { app, provider, server }: Known,
  token: string,
  places: Claims[],
): Promise<Claims[]> {
  if (!isJwt(token)) return []
  const claims = await verifyToken(app, provider, server, token).catch(() => null)
  return claims && claims.sub === places[0]?.sub ? [claims] : []
}
