import { z } from '@hono/zod-openapi'
import { roles } from '../../core/actor.ts'
import type { UserWithPlan } from './list-users.ts'

/** A user as every API shows it. The password hash never leaves the server. */
export const UserJson = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    role: z.enum(roles),
    status: z.enum(['active', 'pending', 'suspended']),
    plan_id: z.string().nullable(),
    organization_id: z.string().nullable(),
    metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    stripe_customer_id: z.string().nullable(),
    email_verified_at: z.string().nullable(),
    two_factor_enabled: z.boolean(),
    locale: z.string().nullable(),
    timezone: z.string().nullable(),
    created_at: z.string(),
    last_login_at: z.string().nullable(),
  })
  .openapi('User')

/** A user as operators see it. */
export const AdminUserJson = UserJson.extend({
  suspended_at: z.string().nullable(),
  suspension_reason: z.string().nullable(),
}).openapi('AdminUser')
export type AdminUserJson = z.infer<typeof AdminUserJson>

export function toAdminUserJson(user: UserWithPlan): AdminUserJson {
  return {
    ...toUserJson(user),
    suspended_at: user.suspendedAt?.toISOString() ?? null,
    suspension_reason: user.suspensionReason,
  }
}

export function toUserJson(user: UserWithPlan): z.infer<typeof UserJson> {
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    role: user.role,
    status: user.status,
    plan_id: user.planId,
    organization_id: user.organizationId,
    metadata: user.metadata,
    stripe_customer_id: user.stripeCustomerId,
    email_verified_at: user.emailVerifiedAt?.toISOString() ?? null,
    two_factor_enabled: user.twoFactorEnabledAt !== null,
    locale: user.locale,
    timezone: user.timezone,
    created_at: user.createdAt.toISOString(),
    last_login_at: user.lastLoginAt?.toISOString() ?? null,
  }
}
