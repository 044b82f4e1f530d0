import { and, eq, lt } from 'drizzle-orm'
import {
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomState,
} from 'oauth4webapi'
import { z } from 'zod'
import type { App } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { seal, unseal } from '../../core/secret.ts'
import { verifications } from '../accounts/schema.ts'
import { type ProviderId, providerIds } from './providers.ts'

/** A sign-in on its way to a provider and back. The browser that began it keeps it, sealed. */
const Attempt = z.object({
  provider: z.enum(providerIds),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** Where the person goes afterwards. */
  next: z.string().nullable(),
  expiresAt: z.number(),
})
export type Attempt = z.infer<typeof Attempt>

const lifetimeSeconds = 600
const spentKind = 'sso-attempt'

export async function newAttempt(app: App, provider: ProviderId, next: string | null) {
  const attempt: Attempt = {
    ...{ provider, next, state: generateRandomState(), nonce: generateRandomState() },
    verifier: generateRandomCodeVerifier(),
    expiresAt: app.now().getTime() + lifetimeSeconds * 1000,
  }
  const value = seal(app.secret, JSON.stringify(attempt))
  return {
    attempt,
    challenge: await calculatePKCECodeChallenge(attempt.verifier),
    cookie: `${attemptCookieOf(attempt.state)}=${value}; Max-Age=${lifetimeSeconds}`,
  }
}

/** The cookie of an attempt; each has its own, so that two tabs do not disturb each other. */
export const attemptCookieOf = (state: string) =>
  `apigate_sso_${state.replace(/[^\w-]/g, '').slice(0, 12)}`

/**
 * The attempt that a browser brings back, which counts once.
 * @throws AppError `sso_state_invalid` for one of another browser or provider, a late or a second one.
 */
export async function spendAttempt(
  app: App,
  provider: ProviderId,
  state: string,
  sealed: string | undefined,
): Promise<Attempt> {
  const attempt = sealed === undefined ? undefined : open(app, sealed)
  const isIt = attempt?.provider === provider && attempt.state === state
  if (!isIt || attempt.expiresAt < app.now().getTime() || !(await spend(app, attempt)))
    throw new AppError(
      'bad_request',
      'sso_state_invalid',
      'This sign-in was begun in another browser, too long ago, or is done already. Begin again.',
    )
  return attempt
}

function open(app: App, sealed: string): Attempt | undefined {
  try {
    return Attempt.safeParse(JSON.parse(unseal(app.secret, sealed))).data
  } catch {
    return undefined
  }
}

/** False when it was spent before, also by a request at the same moment. */
async function spend(app: App, { state, expiresAt }: Attempt): Promise<boolean> {
  await app.db
    .delete(verifications)
    .where(and(eq(verifications.identifier, spentKind), lt(verifications.expiresAt, app.now())))
  const rows = await app.db
    .insert(verifications)
    .values({
      ...{ id: `${spentKind}:${state}`, identifier: spentKind, value: '' },
      expiresAt: new Date(expiresAt),
    })
    .onConflictDoNothing()
    .returning({ id: verifications.id })
  return rows.length > 0
}
