import type { Permission } from '../../core/actor.ts'

export const severities = ['info', 'warning', 'critical'] as const
export type Severity = (typeof severities)[number]

type OfPerson = { user_id: string }
type OfKey = { key_id: string; name: string; masked: string; environment: 'live' | 'test' }
type OfQuota = {
  meter: string
  name: string
  kind: 'counter' | 'gauge'
  unit: string
  /** Percent of the limit that was reached. */
  threshold: number
  used: number
  limit: number
  resets_at: string
}
type PlanName = { id: string; name: string } | null

/**
 * Everything that people and their servers can be told of, by its public name, with the data that
 * goes with it. A feature adds its own here and below, with words in
 * `ui/locales/<language>/notices.json`.
 */
export type NoticeData = {
  'account.registered': OfPerson
  'account.email_verified': OfPerson
  'account.password_changed': OfPerson & { ip: string | null }
  'account.new_sign_in': OfPerson & { device: string; ip: string | null }
  'key.created': OfKey
  'key.expiring': OfKey & { expires_at: string }
  'quota.warning': OfQuota
  'quota.exhausted': OfQuota
  'plan.changed': { from: PlanName; to: PlanName }
  'webhook.disabled': { endpoint_id: string; host: string; reason: 'gone' | 'failing' }
  'slack.disabled': Record<string, never>
}
export type NoticeType = keyof NoticeData

type Definition = {
  severity: Severity
  /** Members with this permission are told; without one it is the business of one person alone. */
  permission?: Permission
}

export const noticeTypes: Record<NoticeType, Definition> = {
  'account.registered': { severity: 'info' },
  'account.email_verified': { severity: 'info' },
  'account.password_changed': { severity: 'warning' },
  'account.new_sign_in': { severity: 'warning' },
  'key.created': { severity: 'info', permission: 'keys:read' },
  'key.expiring': { severity: 'warning', permission: 'keys:read' },
  'quota.warning': { severity: 'warning', permission: 'usage:read' },
  'quota.exhausted': { severity: 'critical', permission: 'usage:read' },
  'plan.changed': { severity: 'info', permission: 'organization:read' },
  'webhook.disabled': { severity: 'critical', permission: 'webhooks:read' },
  'slack.disabled': { severity: 'warning', permission: 'alerts:read' },
}
export const noticeTypeNames = Object.keys(noticeTypes) as NoticeType[]

/** Whom a type is for: one person, or the members with this permission. */
export const permissionOf = (type: NoticeType): Permission | undefined =>
  noticeTypes[type].permission
