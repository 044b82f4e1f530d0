import { eq } from 'drizzle-orm'
import type { Actor, Origin, UserActor } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { notFound } from '../../core/errors.ts'
import { isSame } from '../../core/secret.ts'
import { listMemberships, type Membership } from '../accounts/organizations.ts'
import { type User, users } from '../accounts/schema.ts'
import { findServiceKey } from '../meters/service-keys.ts'
import { getTokenUser } from '../sso/token-user.ts'
import { isJwt } from '../sso/tokens.ts'
import { actingAs, findActed } from './acting.ts'
import { getAuth } from './auth.ts'
import { sessionHeaders } from './cookie-policy.ts'

export type Resolved = {
  actor: Actor
  /** True when a cookie opened it: only then can another site's page forge the call. */
  isByCookie: boolean
  /** `Set-Cookie` values that keep the browser's session alive. */
  cookies: string[]
  locale: string | null
  timezone: string | null
}

/**
 * Who a request comes from: the admin token, a service key, a token of the operator's sign-in provider,
 * a session as bearer token, or a session cookie. API keys open nothing here. `X-Organization-ID` chooses among
 * the caller's organizations. Where an administrator's browser acts as a user, it is that user
 * everywhere but on the operator's side.
 * @throws AppError `invalid_token` for a provider's token that is not as it should be.
 */
export async function resolveActor(
  app: App,
  headers: Headers,
  origin: Origin,
  { isOperatorSide = false } = {},
): Promise<Resolved> {
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1]
  if (bearer && isSame(bearer, app.adminToken)) {
    return {
      actor: { type: 'admin_token', ...origin },
      isByCookie: false,
      cookies: [],
      locale: null,
      timezone: null,
    }
  }
  const anonymous: Resolved = {
    actor: { type: 'anonymous', ...origin },
    isByCookie: false,
    cookies: [],
    locale: null,
    timezone: null,
  }
  if (!bearer && !headers.has('cookie')) return anonymous
  const serviceKey = bearer && (await findServiceKey(app, bearer))
  if (serviceKey) {
    const { id: keyId, scopes } = serviceKey
    return { ...anonymous, actor: { type: 'service_key', keyId, scopes, ...origin } }
  }
  if (bearer && isJwt(bearer)) {
    const user = await getTokenUser(app, bearer, origin)
    // The provider ends it: there is no session of ours.
    return toResolved(app, headers, user, { id: '', activeOrganizationId: null }, origin)
  }
  const auth = await getAuth(app)
  const answer = await auth.api.getSession({
    headers: await sessionHeaders(app, headers),
    query: { disableCookieCache: true },
    returnHeaders: true,
  })
  const found = answer.response
  if (!found) return anonymous
  const { session } = found
  const [user] = await app.db.select().from(users).where(eq(users.id, session.userId))
  if (!user) return anonymous
  if (bearer) return toResolved(app, headers, user, session, origin)
  const cookies = answer.headers.getSetCookie()
  const operator = toUserActor(user, session, undefined, origin)
  const acted = isOperatorSide || user.role !== 'admin' ? undefined : await findActed(app, operator)
  const resolved = await toResolved(app, headers, acted ?? user, session, origin)
  const actor = acted ? actingAs(resolved.actor, operator) : resolved.actor
  return { ...resolved, actor, isByCookie: true, cookies }
}

type Session = {
  id: string
  activeOrganizationId?: string | null
  isByPasskey?: boolean | null
}

async function toResolved(
  app: App,
  headers: Headers,
  user: User,
  session: Session,
  origin: Origin,
): Promise<Resolved & { actor: UserActor }> {
  const named = headers.get('x-organization-id')
  const latest = [session.activeOrganizationId, user.lastOrganizationId]
  const membership = await chooseMembership(app, user.id, named, latest)
  return {
    actor: toUserActor(user, session, membership, origin),
    isByCookie: false,
    cookies: [],
    locale: user.locale,
    timezone: user.timezone,
  }
}

/** A person in an organization, or in none, as an actor. */
export function toUserActor(
  user: User,
  session: Session,
  membership: Membership | undefined,
  origin: Origin,
): UserActor {
  return {
    type: 'user',
    userId: user.id,
    email: user.email,
    name: user.name,
    role: user.role,
    status: user.status,
    sessionId: session.id,
    organizationId: membership?.organizationId ?? null,
    memberRole: membership?.role ?? null,
    lacksTwoFactor:
      membership?.requiresTwoFactor && user.twoFactorEnabledAt === null && !session.isByPasskey,
    ...origin,
  }
}

/**
 * The membership in the organization that the request names, else in the one that the session or
 * the person worked in last, else the person's own.
 * @throws AppError `not_found` for a named organization that the person does not belong to.
 */
async function chooseMembership(
  app: App,
  userId: string,
  named: string | null,
  latest: (string | null | undefined)[],
): Promise<Membership | undefined> {
  const memberships = await listMemberships(app, userId)
  const find = (id: string | null | undefined) =>
    memberships.find(({ organizationId }) => organizationId === id)
  if (named === null) return latest.map(find).find((found) => found) ?? memberships[0]
  const membership = find(named)
  if (!membership) throw notFound('organization')
  return membership
}
