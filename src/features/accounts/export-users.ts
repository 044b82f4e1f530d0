import type { ListedUser } from './list-users.ts'

/** The columns that an import reads first; it ignores the others. */
export const exportColumns = [
  ...['email', 'name', 'plan_name', 'id', 'role', 'status', 'metadata', 'stripe_customer_id'],
  ...['email_verified_at', 'created_at', 'last_login_at'],
]

/** A user as a line of an export. Plans are named by their slug, which is theirs alone. */
export function csvRowOf(user: ListedUser) {
  return {
    email: user.email,
    name: user.name,
    plan_name: user.planSlug,
    id: user.id,
    role: user.role,
    status: user.status,
    metadata: user.metadata,
    stripe_customer_id: user.stripeCustomerId,
    email_verified_at: user.emailVerifiedAt?.toISOString() ?? null,
    created_at: user.createdAt.toISOString(),
    last_login_at: user.lastLoginAt?.toISOString() ?? null,
  }
}
