import { z } from '@hono/zod-openapi'
import { memberRoles } from '../../core/actor.ts'
import { Printable } from '../../core/http/printable.ts'
import { Email, Name, Password } from '../accounts/account-fields.ts'
import { invitedRoles } from './invited-roles.ts'

/** Stands in mails to people who do not know it: it must not lead them anywhere. */
export const OrganizationName = Printable.trim()
  .min(1, 'Give the organization a name')
  .max(80)
  .refine((name) => !/:\/\/|\bwww\./i.test(name), 'Use a name without a web address')

export const Invite = z.strictObject({ email: Email, role: z.enum(invitedRoles) })
export type Invite = z.infer<typeof Invite>

export const ChangeMember = z.strictObject({
  role: z.enum(memberRoles),
  /** The owner's own, to hand the organization over. */
  password: Password.optional(),
})
export type ChangeMember = z.infer<typeof ChangeMember>

export const NameOrganization = z.strictObject({ name: OrganizationName })
export type NameOrganization = z.infer<typeof NameOrganization>

export const DeleteOrganization = z.strictObject({ password: Password })

export const RegisterInvited = z.strictObject({ password: Password, name: Name.optional() })
export type RegisterInvited = z.infer<typeof RegisterInvited>
