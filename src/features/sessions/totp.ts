import { Secret, TOTP } from 'otpauth'

/** A new secret of 160 bits, in base 32 as authenticator apps take it. */
export function newTotpSecret(): string {
  return new Secret({ size: 20 }).base32
}

/** The address that an authenticator app reads from the QR code. */
export function totpUrl(secret: string, issuer: string, label: string): string {
  return new TOTP({ secret, issuer, label }).toString()
}

/**
 * The time step (RFC 6238) whose code this is: the present one, or one of its neighbours, as clocks
 * differ. Null for a wrong code.
 */
export function totpStepOf(secret: string, code: string, now: Date): number | null {
  const timestamp = now.getTime()
  const delta = TOTP.validate({
    token: code,
    secret: Secret.fromBase32(secret),
    timestamp,
    window: 1,
  })
  return delta === null ? null : TOTP.counter({ timestamp }) + delta
}
