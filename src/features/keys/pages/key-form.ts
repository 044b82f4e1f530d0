import { z } from 'zod'
import { ListField } from '../../../core/http/submit.ts'
import type { IssueKey, UpdateKey } from '../key-input.ts'

const number = z
  .string()
  .optional()
  .transform((text) => (text ? Number(text) : null))

/** A key's form as it is sent: texts, with lists in one field each. */
export const KeyForm = z.object({
  name: z.string().default(''),
  environment: z.enum(['live', 'test']).optional(),
  scopes: ListField,
  ip_allowlist: ListField,
  rate_limit_per_minute: number,
  monthly_limit: number,
  expires_on: z.string().optional(),
})

/** The form's values as the API takes them. A day of expiry lasts until its end, in UTC. */
export function toKeyInput({
  expires_on,
  scopes,
  environment,
  ...rest
}: z.output<typeof KeyForm>): UpdateKey & IssueKey {
  return {
    ...rest,
    ...(environment && { environment }),
    scopes: scopes.length > 0 ? scopes : ['*'],
    expires_at: expires_on ? `${expires_on}T23:59:59Z` : null,
  }
}
