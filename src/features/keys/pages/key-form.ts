import { z } from 'zod'
import { ListField, NullableNumber } from '../../../core/http/form-fields.ts'
import type { IssueKey, UpdateKey } from '../key-input.ts'

/** A key's form as it is sent: texts, with lists in one field each. */
export const KeyForm = z.object({
  name: z.string().default(''),
  environment: z.enum(['live', 'test']).optional(),
  scopes: ListField,
  ip_allowlist: ListField,
  rate_limit_per_minute: NullableNumber,
  monthly_limit: NullableNumber,
  expires_at: z.string().optional(),
})

/** The form's values as the API takes them. A day of expiry lasts until its end, in UTC. */
export function toKeyInput({
  expires_at,
  scopes,
  environment,
  ...rest
}: z.output<typeof KeyForm>): UpdateKey & IssueKey {
  return {
    ...rest,
    ...(environment && { environment }),
    scopes: scopes.length > 0 ? scopes : ['*'],
    expires_at: expires_at ? `${expires_at}T23:59:59Z` : null,
  }
}
