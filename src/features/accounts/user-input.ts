import { z } from '@hono/zod-openapi'
import { roles } from '../../core/actor.ts'
import { PageQuery } from '../../core/http/pagination.ts'
import { Email, Name, Password } from './account-fields.ts'

const Status = z.enum(['active', 'pending', 'suspended'])
const MetadataSchema = z
  .record(
    z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'Use letters, digits, _ and -'),
    z.union([z.string().max(1000), z.number(), z.boolean()]),
  )
  .refine((metadata) => Object.keys(metadata).length <= 50, 'At most 50 entries')

export const CreateUser = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .optional(),
  email: Email,
  name: Name.optional(),
  plan_id: z.string().optional(),
  status: Status.optional(),
  role: z.enum(roles).optional(),
  password: Password.optional(),
  metadata: MetadataSchema.optional(),
})
export type CreateUser = z.infer<typeof CreateUser>

export const UpdateUser = z.strictObject({
  email: Email.optional(),
  name: Name.optional(),
  plan_id: z.string().optional(),
  status: Status.optional(),
  role: z.enum(roles).optional(),
  metadata: MetadataSchema.optional(),
  stripe_customer_id: z.string().trim().max(200).nullable().optional(),
})
export type UpdateUser = z.infer<typeof UpdateUser>

export const ListUsers = PageQuery.extend({
  plan_id: z.string().optional(),
  status: Status.optional(),
  role: z.enum(roles).optional(),
  q: z.string().trim().max(200).optional(),
  inactive_days: z.coerce.number().int().min(0).optional(),
})
export type ListUsers = z.infer<typeof ListUsers>
