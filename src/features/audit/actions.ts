/**
 * Every action that the log may tell, in the past tense, by the area that it belongs to. Each has
 * words for people under `actions` in `ui/locales/<language>/audit.json`.
 */
export const auditActions = [
  'keys.issued',
  'keys.updated',
  'keys.rotated',
  'keys.revoked',
  'members.joined',
  'members.role_changed',
  'members.removed',
  'members.left',
  'invitations.sent',
  'invitations.revoked',
  'organizations.created',
  'organizations.renamed',
  'organizations.owner_changed',
  'organizations.two_factor_rule_changed',
  'organizations.deleted',
  'profile.updated',
  'profile.email_change_requested',
  'profile.email_change_stopped',
  'profile.email_changed',
  'profile.password_changed',
  'profile.session_ended',
  'profile.two_factor_started',
  'profile.two_factor_enabled',
  'profile.two_factor_disabled',
  'profile.recovery_codes_renewed',
  'profile.passkey_added',
  'profile.passkey_renamed',
  'profile.passkey_removed',
  'profile.recovery_code_used',
  'profile.mail_modes_changed',
  'profile.deleted',
  'users.registered',
  'users.first_admin_created',
  'users.created',
  'users.invited',
  'users.updated',
  'users.verification_sent',
  'users.verified',
  'users.suspended',
  'users.activated',
  'users.signed_in',
  'users.identity_linked',
  'users.role_changed',
  'users.signed_out',
  'users.password_set',
  'users.password_reset_requested',
  'users.password_reset',
  'users.two_factor_reset',
  'users.session_ended',
  'users.note_added',
  'users.note_removed',
  'users.portal_session_offered',
  'users.acting_began',
  'users.acting_ended',
  'users.deleted',
  'plans.created',
  'plans.updated',
  'plans.deleted',
  'meters.created',
  'meters.updated',
  'meters.deleted',
  'service_keys.issued',
  'service_keys.revoked',
  'upstreams.created',
  'upstreams.updated',
  'upstreams.deleted',
  'routes.created',
  'routes.updated',
  'routes.deleted',
  'settings.set',
  'settings.unset',
  'audit.personal_data_erased',
] as const

export type AuditAction = (typeof auditActions)[number]

/** `keys` of `keys.issued`. */
export const areaOf = (action: string): string => action.split('.')[0]!

/** What customers find in their organization's log. */
const customerAreas = ['keys', 'members', 'invitations', 'organizations', 'profile', 'users']

/** The actions that a customer can look for. */
export const customerActions = auditActions.filter((action) =>
  customerAreas.includes(areaOf(action)),
)
