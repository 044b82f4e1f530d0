import { and, eq, ne, sql } from 'drizzle-orm'
import type { Actor, Origin } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import type { Locale } from '../../core/http/page-context.ts'
import { newId } from '../../core/ids.ts'
import { isLastAdmin } from '../accounts/last-admin.ts'
import { assertRegistrationOpen, writeAccount } from '../accounts/registration.ts'
import { identities, type User, users } from '../accounts/schema.ts'
import { recordUserAudit } from '../accounts/user-audit.ts'
import { findUser } from '../accounts/user-rows.ts'
import { findDefaultPlan } from '../plans/plans.ts'
import { getSettings } from '../settings/settings.ts'
import type { Profile } from './claims.ts'
import type { Provider } from './providers.ts'

/** The request by which a provider's word reaches us. */
export type Visit = Origin & { locale?: Locale }

/**
 * The user whom a provider speaks of: known by the identity, else by an address that both sides have
 * confirmed, else made. The role follows the provider, where it decides roles.
 * @throws AppError `sso_email_missing`, `sso_email_unverified`, `account_unverified`,
 * `sso_no_account`, `registration_disabled`.
 */
export async function admitPerson(
  app: App,
  provider: Provider,
  profile: Profile,
  visit: Visit,
): Promise<User> {
  const known = await findByIdentity(app, profile)
  if (known && (profile.role === null || profile.role === known.role)) return known
  if (known?.status === 'suspended') return known
  return inTransaction(app, async (tx) => {
    // Two requests at a person's first sight must not both make them.
    const lock = `identity ${profile.issuer} ${profile.subject}`
    await tx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`)
    const user =
      (await findByIdentity(tx, profile)) ??
      (await linkByEmail(tx, provider, profile, visit)) ??
      (await makePerson(tx, provider, profile, visit))
    return applyRole(tx, provider, user, profile, visit)
  })
}

async function findByIdentity(app: App, { issuer, subject }: Profile): Promise<User | undefined> {
  const [row] = await app.db
    .select({ user: users })
    .from(identities)
    .innerJoin(users, eq(users.id, identities.userId))
    .where(and(eq(identities.providerId, issuer), eq(identities.accountId, subject)))
  return row?.user
}

/** Ends every way of a user to come in by a provider. */
export async function forgetIdentities(tx: App, userId: string): Promise<void> {
  await tx.db
    .delete(identities)
    .where(and(eq(identities.userId, userId), ne(identities.providerId, 'credential')))
}

/** Joins the identity to the account with its address, if both sides know whose it is. */
async function linkByEmail(tx: App, provider: Provider, profile: Profile, visit: Visit) {
  const params = { provider: provider.name }
  if (profile.email === null) {
    throw new AppError(
      'forbidden',
      'sso_email_missing',
      '{{provider}} does not tell your e-mail address, which an account needs.',
      { params },
    )
  }
  const user = await findUser(tx, profile.email)
  if (!user) return undefined
  if (!profile.isEmailVerified) {
    throw new AppError(
      'forbidden',
      'sso_email_unverified',
      'There is an account with your e-mail address, and {{provider}} does not confirm that the address is yours. Sign in with your password.',
      { params },
    )
  }
  if (!user.emailVerified) {
    throw new AppError(
      'forbidden',
      'account_unverified',
      'There is an account with your e-mail address that nobody has confirmed. Choose a new password for it by mail, which confirms it, and then sign in here again.',
    )
  }
  await insertIdentity(tx, user.id, profile)
  const changes = { provider: provider.id, issuer: profile.issuer }
  await recordUserAudit(tx, actorOf(visit), user.id, 'users.identity_linked', changes)
  return user
}

/** The operator's own provider makes accounts while `sso_auto_provision` is on; others, while registration is open. */
async function makePerson(tx: App, provider: Provider, profile: Profile, visit: Visit) {
  const settings = await getSettings(tx)
  if (!provider.isOperators) await assertRegistrationOpen(tx)
  else if (!settings.sso_auto_provision) {
    throw new AppError(
      'forbidden',
      'sso_no_account',
      'There is no account for you here yet. Ask the operator for one.',
    )
  }
  const { isEmailVerified, name, role } = profile
  const mustVerify = settings.require_email_verification || !provider.isOperators
  const plan = await findDefaultPlan(tx)
  const { user } = await writeAccount(tx, actorOf(visit), {
    ...{ email: profile.email!, name, role: role ?? 'customer', isVerified: isEmailVerified },
    status: isEmailVerified || !mustVerify ? 'active' : 'pending',
    ...{ planId: plan?.id ?? null, locale: visit.locale, passwordHash: null },
  })
  await insertIdentity(tx, user.id, profile)
  return user
}

async function insertIdentity(tx: App, userId: string, { issuer, subject }: Profile) {
  const now = tx.now()
  await tx.db.insert(identities).values({
    ...{ id: newId('acc', now.getTime()), userId, providerId: issuer, accountId: subject },
    ...{ createdAt: now, updatedAt: now },
  })
}

/** Follows the provider's word on the role; the last administrator stays one, as nobody could undo it. */
async function applyRole(
  tx: App,
  provider: Provider,
  user: User,
  { role }: Profile,
  visit: Visit,
): Promise<User> {
  if (role === null || role === user.role) return user
  if (await isLastAdmin(tx, user)) {
    tx.log.warn({ userId: user.id, role }, 'the last administrator keeps that role')
    return user
  }
  await tx.db.update(users).set({ role, updatedAt: tx.now() }).where(eq(users.id, user.id))
  const changes = { role: { from: user.role, to: role }, provider: provider.id }
  await recordUserAudit(tx, actorOf(visit), user.id, 'users.role_changed', changes)
  return { ...user, role }
}

const actorOf = ({ ip, requestId }: Visit): Actor => ({ type: 'anonymous', ip, requestId })
