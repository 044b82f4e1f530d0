import { z } from '@hono/zod-openapi'
import { memberRoles } from '../../core/actor.ts'
import { invitedRoles } from './invited-roles.ts'
import type { InvitationRow } from './schema.ts'

export const MemberJson = z
  .object({
    user_id: z.string(),
    name: z.string(),
    email: z.string(),
    role: z.enum(memberRoles),
    status: z.enum(['active', 'pending', 'suspended']),
    joined_at: z.string(),
    last_seen_at: z.string().nullable(),
  })
  .openapi('Member')
export type MemberJson = z.infer<typeof MemberJson>

export const InvitationJson = z
  .object({
    id: z.string(),
    email: z.string(),
    role: z.enum(invitedRoles),
    expires_at: z.string(),
    invited_by: z.string().nullable().openapi({ description: 'The e-mail address of a member' }),
    created_at: z.string(),
  })
  .openapi('Invitation')
export type InvitationJson = z.infer<typeof InvitationJson>

export const OrganizationJson = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.enum(memberRoles),
    is_active: z.boolean().openapi({ description: 'This call acts in it' }),
  })
  .openapi('Organization')
export type OrganizationJson = z.infer<typeof OrganizationJson>

export function toInvitationJson({
  invitation,
  inviter,
}: {
  invitation: InvitationRow
  inviter: string | null
}): InvitationJson {
  return {
    id: invitation.id,
    email: invitation.email,
    role: invitation.role,
    expires_at: invitation.expiresAt.toISOString(),
    invited_by: inviter,
    created_at: invitation.createdAt.toISOString(),
  }
}
