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

/** The form's values as the API takes them. A day of expiry lasts until its end, in the reader's zone. */
export function toKeyInput(form: z.output<typeof KeyForm>, zone: string): UpdateKey & IssueKey {
  const { expires_at, scopes, environment, ...rest } = form
  return {
    ...rest,
    ...(environment && { environment }),
    scopes: scopes.length > 0 ? scopes : ['*'],
    expires_at: expires_at ? endOf(expires_at, zone) : null,
  }
}

/** What is no day is left to the rules to refuse. */
function endOf(day: string, zone: string): string {
  if (!z.iso.date().safeParse(day).success) return day
  const end = Temporal.PlainDate.from(day).toZonedDateTime({
    timeZone: zone,
    plainTime: '23:59:59',
  })
  return end.toInstant().toString()
}
