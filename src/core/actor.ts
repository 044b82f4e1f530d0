import { AppError } from './errors.ts'

export const roles = ['customer', 'agent', 'admin'] as const
export type Role = (typeof roles)[number]

export const memberRoles = ['owner', 'developer', 'billing', 'viewer'] as const
export type MemberRole = (typeof memberRoles)[number]

/** The request by which somebody acts. */
export type Origin = { ip: string | null; requestId?: string }

/** Who does something. Resolved in one place, from a session, a token, or the program itself. */
export type Actor =
  | ({ type: 'anonymous' } & Origin)
  | UserActor
  | ({ type: 'admin_token' } & Origin)
  /** A program of the operator's, by a key that opens what its scopes name and nothing else. */
  | ({ type: 'service_key'; keyId: string; scopes: readonly string[] } & Origin)
  | { type: 'system' }

/** The request by which somebody acts; without any for the program itself. */
export function originOf(actor: Actor): Origin {
  return actor.type === 'system' ? { ip: null } : { ip: actor.ip, requestId: actor.requestId }
}

export type UserActor = Origin & {
  type: 'user'
  userId: string
  email: string
  name: string
  role: Role
  status: 'active' | 'pending' | 'suspended'
  /** Empty for a bearer of the sign-in provider's token, who has no session. */
  sessionId: string
  /** The organization that the call acts in. */
  organizationId: string | null
  memberRole: MemberRole | null
  /** That organization requires two factors, and this person has shown one. */
  lacksTwoFactor?: boolean
  /** The administrator who acts as this user; the session is theirs. */
  operator?: UserActor
}

const permissions = [
  'keys:read',
  'keys:write',
  'usage:read',
  'logs:read',
  'playground:use',
  'billing:read',
  'billing:write',
  'tickets:read',
  'tickets:write',
  'members:read',
  'members:write',
  'organization:read',
  'organization:write',
  'audit:read',
  'alerts:read',
  'alerts:write',
  'webhooks:read',
  'webhooks:write',
] as const
export type Permission = (typeof permissions)[number]

const everyMember: Permission[] = ['organization:read', 'members:read', 'usage:read', 'alerts:read']
const tickets: Permission[] = ['tickets:read', 'tickets:write']

/** What each role may do inside its organization. The secret of a key is nobody's to read again. */
const permissionsByRole: Record<MemberRole, readonly Permission[]> = {
  owner: permissions,
  developer: [
    ...everyMember,
    ...tickets,
    'keys:read',
    'keys:write',
    'logs:read',
    'playground:use',
    'audit:read',
    'webhooks:read',
    'webhooks:write',
  ],
  billing: [...everyMember, ...tickets, 'billing:read', 'billing:write'],
  viewer: permissions.filter((permission) => permission.endsWith(':read')),
}

export function permissionsOf(role: MemberRole): readonly Permission[] {
  return permissionsByRole[role]
}

export function can(actor: Actor, permission: Permission): boolean {
  return (
    actor.type === 'user' &&
    actor.status === 'active' &&
    !!actor.memberRole &&
    !actor.lacksTwoFactor &&
    permissionsOf(actor.memberRole).includes(permission)
  )
}

/** The signed-in user, or 401. */
export function requireUser(actor: Actor): UserActor {
  if (actor.type === 'user') return actor
  throw new AppError('unauthenticated', 'unauthenticated', 'Sign in to do this.')
}

/** The signed-in user, unless the account is suspended: 403 `user_suspended`. */
export function requireActiveUser(actor: Actor): UserActor {
  const user = requireUser(actor)
  if (user.status !== 'suspended') return user
  throw new AppError('forbidden', 'user_suspended', 'This account is suspended.')
}

/** As `requireActiveUser`, and the address is confirmed where that is asked for: 403 `email_unverified`. */
export function requireConfirmedUser(actor: Actor): UserActor {
  const user = requireActiveUser(actor)
  if (user.status !== 'pending') return user
  throw new AppError('forbidden', 'email_unverified', 'Confirm your e-mail address first.')
}

/** Passes who has shown the second factor that the organization requires, if it does: else 403 `two_factor_required`. */
export function requireSecondFactor(actor: Actor): void {
  if (!requireUser(actor).lacksTwoFactor) return
  throw new AppError(
    'forbidden',
    'two_factor_required',
    'This organization requires two-factor authentication. Set it up in your security settings.',
  )
}

/** The active user in person: 403 `acting_as` for an administrator who acts as them. */
export function requireSelf(actor: Actor): UserActor {
  const user = requireActiveUser(actor)
  if (!user.operator) return user
  throw new AppError(
    'forbidden',
    'acting_as',
    'Only this person can do this, not who acts as them.',
  )
}

/**
 * The organization that the actor acts in, when the role in it allows `permission`.
 * Suspended accounts get 403 `user_suspended`, those that wait for their address to be confirmed
 * `email_unverified`; where the organization requires a second factor,
 * members without one get 403 `two_factor_required`.
 */
export function requireOrganization(actor: Actor, permission: Permission): string {
  const user = requireConfirmedUser(actor)
  if (!user.organizationId) {
    throw new AppError('forbidden', 'no_organization', 'This account belongs to no organization.')
  }
  requireSecondFactor(user)
  if (!can(user, permission)) {
    throw new AppError(
      'forbidden',
      'forbidden',
      'Your role in this organization does not allow this.',
    )
  }
  return user.organizationId
}

/** True for the operator: an admin's session, the admin token, or the program itself. */
export function isAdmin(actor: Actor): boolean {
  if (actor.type === 'admin_token' || actor.type === 'system') return true
  return actor.type === 'user' && actor.role === 'admin' && actor.status === 'active'
}

/** Passes support agents and the operator. Others get 401 or 403. */
export function requireStaff(actor: Actor): void {
  const isAgent = actor.type === 'user' && actor.role === 'agent' && actor.status === 'active'
  if (!isAgent) requireAdmin(actor)
}

/** Passes the operator. Others get 401 or 403. */
export function requireAdmin(actor: Actor): void {
  if (isAdmin(actor)) return
  requireUser(actor)
  throw new AppError('forbidden', 'forbidden', 'Only an administrator may do this.')
}

/** Passes the operator, and the operator's programs whose key has this scope. Others get 401 or 403. */
export function requireServiceScope(actor: Actor, scope: string): void {
  if (actor.type === 'anonymous')
    throw new AppError(
      'unauthenticated',
      'unauthenticated',
      'Send a service key as Authorization: Bearer <key>. This one is missing, unknown or revoked.',
    )
  if (actor.type !== 'service_key') return requireAdmin(actor)
  if (actor.scopes.includes(scope)) return
  throw new AppError(
    'forbidden',
    'insufficient_scope',
    'This service key lacks the scope {{scope}}.',
    {
      params: { scope },
    },
  )
}
