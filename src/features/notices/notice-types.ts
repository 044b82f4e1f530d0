import { z } from 'zod'
import type { Permission } from '../../core/actor.ts'

export const severities = ['info', 'warning', 'critical'] as const
export type Severity = (typeof severities)[number]

type Definition<Data extends z.ZodType> = {
  severity: Severity
  /** Members with this permission are told; without one it is the business of one person alone. */
  permission?: Permission
  data: Data
}
const define = <Data extends z.ZodType>(definition: Definition<Data>) => definition

const ofPerson = z.object({ user_id: z.string() })
const ofKey = z.object({
  key_id: z.string(),
  name: z.string(),
  masked: z.string(),
  environment: z.enum(['live', 'test']),
})
const ofQuota = z.object({
  meter: z.string(),
  name: z.string(),
  /** Percent of the limit that was reached. */
  threshold: z.number().int(),
  used: z.number(),
  limit: z.number(),
  resets_at: z.string(),
})
const plan = z.object({ id: z.string(), name: z.string() }).nullable()

/**
 * Everything that people and their servers can be told of, by its public name. A feature adds its
 * own here, with words in `ui/locales/<language>/notices.json`.
 */
export const noticeTypes = {
  'account.registered': define({ severity: 'info', data: ofPerson }),
  'account.email_verified': define({ severity: 'info', data: ofPerson }),
  'account.password_changed': define({
    severity: 'warning',
    data: ofPerson.extend({ ip: z.string().nullable() }),
  }),
  'account.new_sign_in': define({
    severity: 'warning',
    data: ofPerson.extend({ device: z.string(), ip: z.string().nullable() }),
  }),
  'key.created': define({ severity: 'info', permission: 'keys:read', data: ofKey }),
  'key.expiring': define({
    severity: 'warning',
    permission: 'keys:read',
    data: ofKey.extend({ expires_at: z.string() }),
  }),
  'quota.warning': define({ severity: 'warning', permission: 'usage:read', data: ofQuota }),
  'quota.exhausted': define({ severity: 'critical', permission: 'usage:read', data: ofQuota }),
  'plan.changed': define({
    severity: 'info',
    permission: 'organization:read',
    data: z.object({ from: plan, to: plan }),
  }),
  'webhook.disabled': define({
    severity: 'critical',
    permission: 'webhooks:read',
    data: z.object({
      endpoint_id: z.string(),
      host: z.string(),
      reason: z.enum(['gone', 'failing']),
    }),
  }),
  'slack.disabled': define({
    severity: 'warning',
    permission: 'alerts:read',
    data: z.object({}),
  }),
} satisfies Record<string, Definition<z.ZodType>>

export type NoticeType = keyof typeof noticeTypes
export type NoticeData = {
  [Type in NoticeType]: z.infer<(typeof noticeTypes)[Type]['data']>
}
export const noticeTypeNames = Object.keys(noticeTypes) as NoticeType[]

/** Whom a type is for: one person, or the members with this permission. */
export const permissionOf = (type: NoticeType): Permission | undefined =>
  (noticeTypes[type] as Definition<z.ZodType>).permission
