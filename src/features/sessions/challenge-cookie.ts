import { createCookie } from 'react-router'
import type { App } from '../../core/app.ts'
import { getSettings } from '../settings/settings.ts'
import { isSecureCookie } from './auth.ts'

const cookie = createCookie('apigate_challenge', { httpOnly: true, sameSite: 'lax', path: '/' })

/** `Set-Cookie` that carries the challenge from the first step of signing in to the page of the second. */
export async function keepChallenge(app: App, challenge: string): Promise<string> {
  const secure = isSecureCookie(app, await getSettings(app))
  return cookie.serialize(challenge, { secure, maxAge: 600 })
}

/** `Set-Cookie` that ends it. */
export const forgetChallenge = (): Promise<string> => cookie.serialize('', { maxAge: 0 })

/** The challenge that a browser brings, or null. */
export async function readChallenge(headers: Headers): Promise<string | null> {
  const value: unknown = await cookie.parse(headers.get('cookie'))
  return typeof value === 'string' && value !== '' ? value : null
}
