import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'

export type FakeProvider = {
  base: string
  /** What the address for tokens answers, to what it was sent. */
  answers: {
    token: (form: URLSearchParams, authorization: string | undefined) => Answer | Promise<Answer>
    userinfo: () => unknown
    /** What discovery says, beside the addresses. */
    metadata: Record<string, unknown>
  }
  sign: (claims: JWTPayload, key?: CryptoKey) => Promise<string>
  stop: () => Promise<void>
}
type Answer = { status?: number; body: unknown }

/** A provider that answers whatever a test wants, also what no honest one would. */
export async function startFakeProvider(): Promise<FakeProvider> {
  const { privateKey, publicKey } = await generateKeyPair('RS256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256' }
  const answers: FakeProvider['answers'] = {
    token: () => ({ status: 400, body: { error: 'invalid_grant' } }),
    userinfo: () => ({}),
    metadata: {},
  }
  const server = createServer(async (request, response) => {
    const send = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    }
    const path = request.url!
    if (path.endsWith('/.well-known/openid-configuration')) {
      return send(200, {
        issuer: base + path.replace('/.well-known/openid-configuration', ''),
        authorization_endpoint: `${base}/authorize`,
        token_endpoint: `${base}/token`,
        jwks_uri: `${base}/keys`,
        ...answers.metadata,
      })
    }
    if (path === '/keys') return send(200, { keys: [jwk] })
    if (path === '/userinfo') return send(200, answers.userinfo())
    let form = ''
    for await (const chunk of request) form += chunk
    const { authorization } = request.headers
    const { status = 200, body } = await answers.token(new URLSearchParams(form), authorization)
    return send(status, body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    ...{ base, answers },
    sign: (claims, key = privateKey) =>
      new SignJWT({ iss: base, ...claims })
        .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
        .setIssuedAt()
        .setExpirationTime('5 minutes')
        .sign(key),
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** An answer for tokens. */
export const tokens = (rest: Record<string, unknown> = {}) => ({
  body: { access_token: 'opaque', token_type: 'Bearer', expires_in: 300, ...rest },
})
