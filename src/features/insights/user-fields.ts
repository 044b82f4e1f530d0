import type { FieldType } from './filter.ts'

/** What customers can be filtered and sorted by. */
export const userFields = {
  requests: 'number',
  quota_percent: 'number',
  errors: 'number',
  error_rate: 'number',
  keys: 'number',
  inactive_days: 'number',
  plan: 'text',
  status: 'text',
  email: 'text',
  created_at: 'time',
} as const satisfies Record<string, FieldType>
export type UserField = keyof typeof userFields
export const userFieldNames = Object.keys(userFields) as [UserField, ...UserField[]]
