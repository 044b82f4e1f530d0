import { z } from '@hono/zod-openapi'
import { roles } from '../../core/actor.ts'
import { PageQuery } from '../../core/http/pagination.ts'
import { text } from '../../core/http/query-fields.ts'
import { Email, Name, Password } from './account-fields.ts'
import { MetadataInput } from './metadata.ts'
import { type UserSort, userSorts } from './user-sorts.ts'

const statuses = ['active', 'pending', 'suspended'] as const
const Status = z.enum(statuses)

/** Words that have a page or an endpoint of their own, where a user's id could stand. */
const reserved = ['new', 'import', 'imports', 'export']

export const CreateUser = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'Use up to 64 letters, digits, _ and -')
    .refine((id) => !reserved.includes(id), 'This word has a page of its own')
    .optional(),
  email: Email,
  name: Name.optional(),
  plan_id: z.string().optional(),
  status: Status.optional(),
  role: z.enum(roles).optional(),
  password: Password.optional(),
  metadata: MetadataInput.optional(),
  /** Mails a link to choose a password, instead of setting one. */
  send_invitation: z.boolean().optional(),
})
export type CreateUser = z.infer<typeof CreateUser>

export const UpdateUser = z.strictObject({
  email: Email.optional(),
  name: Name.optional(),
  plan_id: z.string().optional(),
  status: Status.optional(),
  role: z.enum(roles).optional(),
  metadata: MetadataInput.optional(),
  stripe_customer_id: z.string().trim().max(200).nullable().optional(),
})
export type UpdateUser = z.infer<typeof UpdateUser>

export const SuspendUser = z.strictObject({ reason: z.string().trim().max(500).optional() })
export type SuspendUser = z.infer<typeof SuspendUser>

/** What lists and exports can be narrowed by. */
export const UserFilter = z.object({
  plan_id: z.string().optional(),
  status: Status.optional(),
  role: z.enum(roles).optional(),
  q: text(200).trim().optional(),
  inactive_days: z.coerce.number().int().min(0).max(36_500).optional().openapi({
    description: 'Whose last sign-in, or without one their creation, is so many days back',
  }),
})
export type UserFilter = z.infer<typeof UserFilter>

const sortValues = userSorts.flatMap((name) => [name, `-${name}`] as const)

export const ListUsers = PageQuery.extend({
  ...UserFilter.shape,
  sort: z
    .enum(sortValues as [`${'' | '-'}${UserSort}`])
    .default('-created_at')
    .openapi({ description: 'A field; with a hyphen before it, the largest first' }),
})
export type ListUsers = z.infer<typeof ListUsers>
