import { z } from '@hono/zod-openapi'
import { type Actor, requireAdmin } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { findProof, issueProof, spendProof } from '../accounts/proofs.ts'
import type { User } from '../accounts/schema.ts'
import { recordUserAudit } from '../accounts/user-audit.ts'
import { findUser } from '../accounts/user-rows.ts'
import { getUser } from '../accounts/users.ts'
import { getSetting } from '../settings/settings.ts'
import { type Caller, type Entry, passFirstFactor } from './sign-in.ts'

const lifetimeMs = 60_000

export const OfferPortalSession = z.strictObject({
  user_id: z.string().min(1).max(320).openapi({ description: 'Id or e-mail address' }),
})
export type OfferPortalSession = z.infer<typeof OfferPortalSession>

export type PortalSessionOffer = { code: string; url: string; expiresAt: Date }

/**
 * Gives the operator's server a code that lets a browser into the portal as a user, once and for 60
 * seconds. The operator answers for who the person is, as a sign-in provider does.
 * @throws AppError `user_suspended`, `cannot_open_for_admin`.
 */
export async function offerPortalSession(
  app: App,
  actor: Actor,
  input: OfferPortalSession,
): Promise<PortalSessionOffer> {
  requireAdmin(actor)
  const user = await getUser(app, actor, input.user_id)
  assertMayEnter(user)
  const basePath = await getSetting(app, 'portal_base_path')
  const expiresAt = new Date(app.now().getTime() + lifetimeMs)
  return inTransaction(app, async (tx) => {
    const code = await issueProof(tx, 'portal-session', user.id, lifetimeMs)
    const changes = { expires_at: expiresAt.toISOString() }
    await recordUserAudit(tx, actor, user.id, 'users.portal_session_offered', changes)
    return { code, url: `${app.config.publicUrl}${basePath}/enter?code=${code}`, expiresAt }
  })
}

/** Whom a code lets in, which stays good. @throws AppError `token_invalid`. */
export async function findOffered(app: App, code: string): Promise<User> {
  return getOffered(app, await findProof(app, 'portal-session', code))
}

/**
 * Lets a browser in by a code, which is spent: to a session, or to the challenge to give the second
 * factor that the person has set up.
 * @throws AppError `token_invalid`, `user_suspended`, `cannot_open_for_admin`.
 */
export async function enterPortal(app: App, code: string, caller: Caller): Promise<Entry> {
  const user = await spendOffer(app, code)
  return passFirstFactor(app, user, caller, 'portal_session')
}

/** Ends a code that a browser brings who is signed in as its user already. */
export async function spendOffer(app: App, code: string): Promise<User> {
  const user = await getOffered(app, await spendProof(app, 'portal-session', code))
  assertMayEnter(user)
  return user
}

async function getOffered(app: App, userId: string | null): Promise<User> {
  const user = userId === null ? undefined : await findUser(app, userId)
  if (user) return user
  const message =
    'This way into the portal was used, or is older than a minute. Go back to where you came from and open the portal from there again.'
  throw new AppError('invalid', 'token_invalid', message)
}

function assertMayEnter(user: Pick<User, 'status' | 'role'>): void {
  if (user.status === 'suspended')
    throw new AppError('forbidden', 'user_suspended', 'This account is suspended.')
  if (user.role !== 'admin') return
  const message = 'An administrator signs in with a password of their own, not by a code.'
  throw new AppError('forbidden', 'cannot_open_for_admin', message)
}
