import { z } from '@hono/zod-openapi'
import { decodeClientDataJSON } from '@simplewebauthn/server/helpers'
import type { App } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'

/** What passkeys are bound to: the host and origin of the public address. */
export function relyingParty(app: App): { rpID: string; origin: string } {
  const { hostname, origin } = new URL(app.config.publicUrl)
  return { rpID: hostname, origin }
}

const Base64Url = z
  .string()
  .max(20_000)
  .regex(/^[\w-]+$/)

/** The part of a browser's answer that registering and signing in share (WebAuthn, section 5.1). */
export const credentialShape = {
  id: Base64Url,
  rawId: Base64Url,
  type: z.literal('public-key'),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).nullish(),
  clientExtensionResults: z.record(z.string(), z.unknown()),
}
export { Base64Url }

/**
 * The challenge that a browser's answer says to answer, as it was sent, and as the token of ours that
 * it is. Null for what is no such answer.
 */
export function challengeIn(clientDataJSON: string): { sent: string; token: string } | null {
  try {
    const sent = decodeClientDataJSON(clientDataJSON).challenge
    return { sent, token: Buffer.from(sent, 'base64url').toString('utf8') }
  } catch {
    return null
  }
}

/** The error for a passkey that proves nothing. */
export function passkeyRefused(kind: 'unauthenticated' | 'invalid'): AppError {
  return new AppError(kind, 'invalid_passkey', 'This passkey was not accepted. Try again.')
}
