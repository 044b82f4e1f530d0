import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import Provider, { type Configuration } from 'oidc-provider'

/** What the provider says of a person, beside the `sub` under which it knows them. */
export type Person = Record<string, unknown>

export type Keycloak = {
  issuer: string
  clientId: string
  clientSecret: string
  /** By their `sub`, which is also the name that they sign in with. */
  people: Map<string, Person>
  /** Paths that were asked for. */
  seen: string[]
  /** Signs a token as the realm would, or with another key, algorithm or kind. */
  sign: (claims: JWTPayload, options?: SignOptions) => Promise<string>
  /** The key that signatures are checked with, as text. */
  publicKeyPem: () => Promise<string>
  /** Signs with a new key from now on. */
  rotateKeys: () => Promise<void>
  stop: () => Promise<void>
}
type SignOptions = { key?: CryptoKey | Uint8Array; alg?: string; kid?: string; typ?: string }

const clientId = 'bgp-orchestrator-frontend'
const clientSecret = 'the secret of the client'

/**
 * An OpenID provider that is not ours (oidc-provider), with the addresses and the tokens of a
 * Keycloak realm: access tokens for the audience `account`, with `azp` and `realm_access.roles`.
 */
export async function startKeycloak(redirectUris: string[]): Promise<Keycloak> {
  const people = new Map<string, Person>()
  const seen: string[] = []
  let provider: Provider
  const server = createServer((request, response) => {
    seen.push(new URL(request.url!, issuer).pathname)
    void answer(provider, issuer, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/realms/bgp-orchestrator`
  let keys = await makeKeys()
  const rotateKeys = async () => {
    keys = await makeKeys()
    provider = new Provider(issuer, configure(people, redirectUris, keys.jwk))
    provider.on('server_error', (_, error) => console.error(error))
  }
  await rotateKeys()
  return {
    ...{ issuer, clientId, clientSecret, people, seen, rotateKeys },
    sign: (claims, { key, alg = 'RS256', kid = keys.jwk.kid!, typ = 'JWT' } = {}) =>
      new SignJWT({ iss: issuer, aud: 'account', azp: clientId, ...claims })
        .setProtectedHeader({ alg, kid, typ })
        .sign(key ?? keys.privateKey),
    publicKeyPem: async () =>
      `-----BEGIN PUBLIC KEY-----\n${Buffer.from(await crypto.subtle.exportKey('spki', keys.publicKey)).toString('base64')}\n-----END PUBLIC KEY-----`,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function makeKeys() {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const kid = crypto.randomUUID()
  return { privateKey, publicKey, jwk: { ...(await exportJWK(privateKey)), kid, alg: 'RS256' } }
}

function configure(
  people: Map<string, Person>,
  redirectUris: string[],
  key: Awaited<ReturnType<typeof makeKeys>>['jwk'],
): Configuration {
  const base = '/protocol/openid-connect'
  const scope = 'openid profile email'
  return {
    clients: [
      { client_id: clientId, client_secret: clientSecret, redirect_uris: redirectUris },
      { client_id: 'public', token_endpoint_auth_method: 'none', redirect_uris: redirectUris },
    ],
    jwks: { keys: [key] },
    routes: {
      authorization: `${base}/auth`,
      token: `${base}/token`,
      userinfo: `${base}/userinfo`,
      jwks: `${base}/certs`,
    },
    claims: { email: ['email', 'email_verified'], profile: ['name', 'preferred_username', 'tid'] },
    conformIdTokenClaims: false,
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: () => ({ ...people.get(sub), sub }),
    }),
    pkce: { required: () => true },
    cookies: { keys: ['of the tests'] },
    ttl: { AccessToken: 300, Grant: 300, IdToken: 300, Interaction: 300, Session: 300 },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'urn:account',
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          ...{ scope, audience: 'account', accessTokenFormat: 'jwt' },
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    extraTokenClaims: (_, token) => {
      const sub = 'accountId' in token ? token.accountId : ''
      return { azp: token.clientId, realm_access: people.get(sub)?.realm_access }
    },
    interactions: { url: (_, { uid }) => `/login/${uid}` },
    // Nobody is asked whether the portal may know who they are.
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client!.clientId,
        accountId: oidc.session!.accountId,
      })
      grant.addOIDCScope(scope)
      grant.addResourceScope('urn:account', scope)
      await grant.save()
      return grant
    },
  }
}

/** The provider under its realm's path, and its page to sign in: a name is enough. */
async function answer(
  provider: Provider,
  issuer: string,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const url = request.url!
  if (url.startsWith('/login/')) {
    if (request.method === 'GET') {
      response.setHeader('content-type', 'text/html')
      return response.end(
        `<!doctype html><title>Sign in to the realm</title><form method="post"><label>Name <input name="name"></label><button>Sign in</button></form>`,
      )
    }
    let body = ''
    for await (const chunk of request) body += chunk
    const name = new URLSearchParams(body).get('name') ?? ''
    const result = name ? { login: { accountId: name } } : { error: 'access_denied' }
    return provider.interactionFinished(request, response, result)
  }
  const { pathname } = new URL(issuer)
  Object.assign(request, { originalUrl: url, url: url.slice(pathname.length) || '/' })
  return provider.callback()(request, response)
}
