import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'
import type { App } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { addressFamilyKey } from '../../core/http/client-address.ts'
import { getSetting } from '../settings/settings.ts'

const many = Number.MAX_SAFE_INTEGER

function createDoorLimits() {
  return {
    loginByAddress: new RateLimiterMemory({
      points: many,
      duration: 60,
      keyPrefix: 'login-address',
    }),
    loginByEmail: new RateLimiterMemory({ points: many, duration: 60, keyPrefix: 'login-email' }),
    setupByAddress: new RateLimiterMemory({ points: many, duration: 60, keyPrefix: 'setup' }),
    passwordByUser: new RateLimiterMemory({ points: many, duration: 60, keyPrefix: 'password' }),
    codeByUser: new RateLimiterMemory({ points: many, duration: 3600, keyPrefix: 'code' }),
    mailByAddress: new RateLimiterMemory({ points: many, duration: 3600, keyPrefix: 'mail-ip' }),
    mailByEmail: new RateLimiterMemory({ points: many, duration: 3600, keyPrefix: 'mail' }),
    registerByAddress: new RateLimiterMemory({
      points: many,
      duration: 3600,
      keyPrefix: 'register',
    }),
  }
}

/** An attempt that holds its place in the count until it is known how it ended. */
export type Attempt = { succeed: () => Promise<void> }

/** Wrong codes in an hour. Three of a million are right at any time: guessing one takes years. */
const maxWrongCodes = 10

/**
 * Counts an attempt to sign in as failed, by address (IPv6 by its /64) and, where one was given, by
 * e-mail, until `succeed`, or until `pass` when a second step follows, which must not clear the count.
 * @throws AppError `too_many_attempts` with the seconds to wait.
 */
export async function beginSignIn(
  app: App,
  email: string | null,
  ip: string | null,
): Promise<Attempt & { pass: () => Promise<void> }> {
  const limits = app.once(createDoorLimits)
  const max = await getSetting(app, 'portal_login_rate_limit')
  const address = addressFamilyKey(ip)
  // The address first: one that is refused must not use up the attempts of somebody's e-mail.
  assertRoom(await limits.loginByAddress.consume(address), max)
  if (email !== null) assertRoom(await limits.loginByEmail.consume(email), max)
  return {
    succeed: async () => {
      await limits.loginByAddress.reward(address, 1)
      if (email !== null) await limits.loginByEmail.delete(email)
    },
    pass: async () => {
      await limits.loginByAddress.reward(address, 1)
      if (email !== null) await limits.loginByEmail.reward(email, 1)
    },
  }
}

/**
 * Counts a code as wrong, as an attempt to sign in and by its user, until `succeed`.
 * @throws AppError `too_many_attempts` with the seconds to wait.
 */
export async function beginSecondFactor(
  app: App,
  user: { id: string; email: string },
  ip: string | null,
): Promise<Attempt> {
  const door = await beginSignIn(app, user.email, ip)
  const code = await beginCodeCheck(app, user.id)
  return { succeed: async () => void (await Promise.all([door.succeed(), code.succeed()])) }
}

/**
 * Counts a user's code as wrong until `succeed`.
 * @throws AppError `too_many_attempts` with the seconds to wait.
 */
export async function beginCodeCheck(app: App, userId: string): Promise<Attempt> {
  const { codeByUser } = app.once(createDoorLimits)
  assertRoom(await codeByUser.consume(userId), maxWrongCodes)
  return { succeed: async () => void (await codeByUser.delete(userId)) }
}

/**
 * Counts a signed-in user's attempt to confirm something by password as failed, until `succeed`.
 * @throws AppError `too_many_attempts` with the seconds to wait.
 */
export async function beginPasswordCheck(app: App, userId: string): Promise<Attempt> {
  const { passwordByUser } = app.once(createDoorLimits)
  assertRoom(await passwordByUser.consume(userId), await getSetting(app, 'portal_login_rate_limit'))
  return { succeed: async () => void (await passwordByUser.delete(userId)) }
}

/**
 * Counts an attempt to open the set-up page as one with a wrong link, by address, until `succeed`.
 * @throws AppError `too_many_attempts` with the seconds to wait.
 */
export async function beginSetup(app: App, ip: string | null): Promise<Attempt> {
  const { setupByAddress } = app.once(createDoorLimits)
  const address = addressFamilyKey(ip)
  const max = await getSetting(app, 'portal_login_rate_limit')
  assertRoom(await setupByAddress.consume(address), max)
  return { succeed: async () => void (await setupByAddress.reward(address, 1)) }
}

function assertRoom(count: RateLimiterRes, max: number): void {
  if (count.consumedPoints > max) throw tooMany(count, 'too_many_attempts')
}

/**
 * Counts a request for a mail with a link, by e-mail and, ten times as many, by address.
 * @throws AppError `too_many_requests` with the seconds to wait, for known and unknown addresses alike.
 */
export async function countMailRequest(app: App, email: string, ip: string | null): Promise<void> {
  const max = await getSetting(app, 'portal_reset_rate_limit')
  const limits = app.once(createDoorLimits)
  // The address first, as above.
  const byAddress = await limits.mailByAddress.consume(addressFamilyKey(ip))
  if (byAddress.consumedPoints > max * 10) throw tooMany(byAddress, 'too_many_requests')
  const byEmail = await limits.mailByEmail.consume(email)
  if (byEmail.consumedPoints > max) throw tooMany(byEmail, 'too_many_requests')
}

/** @throws AppError `too_many_registrations` with the seconds to wait. */
export async function countRegistration(app: App, ip: string | null): Promise<void> {
  const max = await getSetting(app, 'portal_register_rate_limit')
  const count = await app.once(createDoorLimits).registerByAddress.consume(addressFamilyKey(ip))
  if (count.consumedPoints > max) throw tooMany(count, 'too_many_registrations')
}

function tooMany({ msBeforeNext }: RateLimiterRes, code: string): AppError {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000))
  const minutes = Math.ceil(seconds / 60)
  return new AppError(
    'rate_limited',
    code,
    minutes === 1
      ? 'Too many attempts. Try again in a minute.'
      : 'Too many attempts. Try again in {{minutes}} minutes.',
    { retryAfter: seconds, params: { minutes } },
  )
}
