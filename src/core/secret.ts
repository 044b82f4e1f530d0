import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { AppError } from './errors.ts'

/** A key for one purpose, derived from the server's secret (HKDF-SHA256, RFC 5869). */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `apigate ${purpose}`, 32))
}

/** Encrypts a value for storing (AES-256-GCM). */
export function seal(secret: string, plain: string): string {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', deriveKey(secret, 'seal'), iv)
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
  return `v1.${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')}`
}

/** @throws AppError `secret_changed` when it was sealed with another secret. */
export function unseal(secret: string, sealed: string): string {
  try {
    const raw = Buffer.from(sealed.slice(3), 'base64url')
    const decipher = createDecipheriv('aes-256-gcm', deriveKey(secret, 'seal'), raw.subarray(0, 12))
    decipher.setAuthTag(raw.subarray(12, 28))
    return decipher.update(raw.subarray(28), undefined, 'utf8') + decipher.final('utf8')
  } catch {
    throw new AppError(
      'unavailable',
      'secret_changed',
      'A stored secret cannot be read: APIGATE_SECRET is not the one that it was stored with.',
    )
  }
}

/** A message authentication code (HMAC-SHA256) in base64url. */
export function sign(secret: string, purpose: string, text: string): string {
  return createHmac('sha256', deriveKey(secret, purpose)).update(text).digest('base64url')
}

/** Compares two texts without telling by time where they differ. */
export function isSame(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
