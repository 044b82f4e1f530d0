import type { App } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'

/** A time of expiry as it was sent; it must lie ahead. */
export function toExpiry(app: App, text: string | null | undefined): Date | null {
  if (!text) return null
  const expiresAt = new Date(text)
  if (expiresAt > app.now()) return expiresAt
  const message = 'Choose a time in the future.'
  throw new AppError('invalid', 'validation_error', message, {
    errors: [{ path: 'expires_at', message }],
  })
}

export function isExpired(key: { expiresAt: Date | null }, now: Date): boolean {
  return key.expiresAt !== null && key.expiresAt <= now
}
