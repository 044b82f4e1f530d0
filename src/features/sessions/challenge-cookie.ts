import type { App } from '../../core/app.ts'
import { readCookie } from '../../core/http/cookies.ts'
import { cookiePolicyOf } from './cookie-policy.ts'

const name = 'apigate_challenge'

/** `Set-Cookie` that carries the challenge from the first step of signing in to the page of the second. */
export const keepChallenge = (challenge: string): string => `${name}=${challenge}; Max-Age=600`

/** `Set-Cookie` that ends it. */
export const forgetChallenge = (): string => `${name}=; Max-Age=0`

/** The challenge that a browser brings, or null. */
export async function readChallenge(app: App, headers: Headers): Promise<string | null> {
  return readCookie(headers, name, await cookiePolicyOf(app, headers)) || null
}
