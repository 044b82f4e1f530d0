import { z } from '@hono/zod-openapi'
import { Printable } from '../../core/http/printable.ts'

const Scope = z
  .string()
  .trim()
  .regex(
    /^(\*|[A-Za-z][\w.-]{0,79}|[A-Za-z][\w-]{0,39}:(read|write))$/,
    'Use *, read, write, <resource>:read, <resource>:write, or the id of an operation',
  )
const AddressRange = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: 'Use an address or a range such as 203.0.113.0/24',
})
const KeyFields = z.strictObject({
  name: Printable.trim().min(1, 'Give the key a name').max(80),
  scopes: z.array(Scope).min(1, 'Give the key at least one scope').max(50),
  ip_allowlist: z.array(AddressRange).max(100),
  rate_limit_per_minute: z.number().int().min(1).max(10_000_000).nullable(),
  monthly_limit: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).nullable(),
  expires_at: z.iso
    .datetime({ offset: true, error: 'Use a time such as 2027-01-31T00:00:00Z' })
    .nullable(),
})

export const IssueKey = KeyFields.partial()
  .required({ name: true })
  .extend({ environment: z.enum(['live', 'test']).optional() })
export type IssueKey = z.infer<typeof IssueKey>

export const UpdateKey = KeyFields.partial()
export type UpdateKey = z.infer<typeof UpdateKey>

export const RotateKey = z.strictObject({
  /** How long the old key keeps working. */
  grace_seconds: z
    .number()
    .int()
    .min(0)
    .max(90 * 86_400)
    .default(86_400),
})
