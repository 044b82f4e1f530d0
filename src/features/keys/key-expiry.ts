import type { App } from '../../core/app.ts'
import { invalidInput } from '../../core/errors.ts'

/** A time of expiry as it was sent; it must lie ahead. */
export function toExpiry(app: App, text: string | null | undefined): Date | null {
  if (!text) return null
  const expiresAt = new Date(text)
  if (expiresAt > app.now()) return expiresAt
  throw invalidInput('expires_at', 'Choose a time in the future.')
}

export function isExpired(key: { expiresAt: Date | null }, now: Date): boolean {
  return key.expiresAt !== null && key.expiresAt <= now
}
