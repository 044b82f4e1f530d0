import { z } from 'zod'
import { roles } from '../../core/actor.ts'
import { Origin } from '../../core/http/origin.ts'

const address = z.url({ protocol: /^https?$/, error: 'Use an http or https address' })
const count = (min: number, max: number) => z.number().int().min(min).max(max)

/** Paths that are never the portal's, nor the customer's traffic. */
export const reservedPaths = [
  '/admin',
  '/api',
  '/auth',
  '/support',
  '/billing',
  '/customer-portal',
  '/webhooks',
  '/assets',
  '/openapi.json',
  '/llms.txt',
  '/sitemap.xml',
  '/mcp',
  '/.well-known',
  '/healthz',
  '/readyz',
  '/metrics',
  '/version',
] as const

const basePath = z
  .string()
  .regex(
    /^(\/[a-z0-9][a-z0-9_-]*)+$/,
    'Use a path such as /portal, in small letters, without a slash at its end',
  )
  .refine(
    (path) => !reservedPaths.some((taken) => path === taken || path.startsWith(`${taken}/`)),
    { error: 'This path is taken by the gateway itself' },
  )

/**
 * An IP address or a range in CIDR notation.
 */
const percents = 'Use whole numbers from 50 to 100'
const addressRange = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: 'Use an address or a range such as 10.0.0.0/8',
})

const clientId = z.string().trim().min(1).max(300)
const secret = z.string().min(1).max(500)
const tenant = z
  .string()
  .regex(/^[\w.-]{1,100}$/, 'Use the id or the domain of a tenant, or common')

/** As OAuth writes them, with spaces; also taken as a list. */
const scopes = z
  .union([z.string(), z.array(z.string())])
  .transform((given) =>
    [given]
      .flat()
      .join(' ')
      .split(/[\s,]+/)
      .filter(Boolean)
      .join(' '),
  )
  .pipe(z.string().min(1).max(500))

/** What a provider calls a role → the role here. */
const roleMap = z.record(
  z.string().regex(/^[^,]{1,200}$/, 'A name must not hold a comma'),
  z.enum(roles),
)

type Definition = { schema: z.ZodType; default: unknown; isSecret?: boolean }
const define = <S extends z.ZodType>(
  schema: S,
  fallback: z.output<S>,
  options: { isSecret?: boolean } = {},
) => ({
  schema,
  default: fallback,
  ...options,
})

/** Every setting: its type, its default, and whether it is a secret. */
export const definitions = {
  portal_enabled: define(z.boolean(), true),
  portal_base_path: define(basePath, '/portal'),
  portal_company_name: define(z.string().trim().min(1).max(80), 'Apigate'),
  portal_logo_url: define(address.nullable(), null),
  portal_primary_color: define(
    z.string().regex(/^#[0-9a-fA-F]{6}$/, 'Use a colour such as #3B82F6'),
    '#3B82F6',
  ),
  portal_custom_css_url: define(address.nullable(), null),
  portal_registration_enabled: define(z.boolean(), true),
  require_email_verification: define(z.boolean(), false),
  portal_show_usage: define(z.boolean(), true),
  portal_show_docs: define(z.boolean(), true),
  portal_show_billing: define(z.boolean(), true),
  portal_allow_key_creation: define(z.boolean(), true),
  portal_welcome_message: define(z.string().max(500).nullable(), null),
  portal_embed_origins: define(z.array(Origin).max(50), []),
  portal_register_rate_limit: define(count(1, 100_000), 60),
  portal_login_rate_limit: define(count(1, 10_000), 5),
  portal_reset_rate_limit: define(count(1, 10_000), 3),
  /** By one organization in 24 hours; with 0 nobody can be invited. */
  team_invitations_per_day: define(count(0, 10_000), 50),
  gateway_max_body_bytes: define(count(1, 2 ** 40).nullable(), null),
  portal_2fa_enabled: define(z.boolean(), true),
  session_duration_hours: define(count(1, 24 * 365), 24),
  session_secure_cookie: define(z.union([z.boolean(), z.literal('auto')]), 'auto'),
  session_same_site: define(z.enum(['lax', 'strict', 'none']), 'lax'),
  sso_provider: define(z.enum(['oauth2', 'oidc']).nullable(), null),
  sso_name: define(z.string().trim().min(1).max(40).nullable(), null),
  sso_client_id: define(clientId.nullable(), null),
  sso_client_secret: define(secret.nullable(), null, { isSecret: true }),
  sso_issuer_url: define(address.nullable(), null),
  sso_authorize_url: define(address.nullable(), null),
  sso_token_url: define(address.nullable(), null),
  sso_userinfo_url: define(address.nullable(), null),
  sso_scopes: define(scopes, 'openid profile email'),
  sso_role_claim: define(z.string().trim().min(1).max(200).nullable(), null),
  sso_role_map: define(roleMap, {}),
  sso_auto_provision: define(z.boolean(), true),
  google_client_id: define(clientId.nullable(), null),
  google_client_secret: define(secret.nullable(), null, { isSecret: true }),
  google_api_base: define(address.nullable(), null),
  microsoft_client_id: define(clientId.nullable(), null),
  microsoft_client_secret: define(secret.nullable(), null, { isSecret: true }),
  microsoft_tenant: define(tenant, 'common'),
  microsoft_api_base: define(address.nullable(), null),
  password_min_length: define(count(8, 128), 8),
  key_prefix: define(
    z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9]{0,15}$/, 'Use 1 to 16 letters and digits, a letter first'),
    'ak',
  ),
  usage_tracking_enabled: define(z.boolean(), true),
  usage_retention_days: define(count(1, 3650), 30),
  usage_aggregate_retention_days: define(count(31, 3650), 400),
  /** How old an event may be that still counts, in the period that it belongs to. */
  events_late_days: define(count(1, 366), 31),
  /** Percent of a limit at which people are told. */
  quota_warning_thresholds: define(
    z
      .array(z.coerce.number(percents).int(percents).min(50, percents).max(100, percents))
      .min(1)
      .max(10)
      .transform((given) => [...new Set(given)].sort((a, b) => a - b)),
    [80, 100],
  ),
  trusted_proxies: define(z.array(addressRange).max(100), []),
} satisfies Record<string, Definition>

export type Settings = {
  [K in keyof typeof definitions]: z.output<(typeof definitions)[K]['schema']>
}
export type SettingKey = keyof Settings
export const settingKeys = Object.keys(definitions) as SettingKey[]
