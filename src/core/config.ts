import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { defaultDataDir, type Env } from './env.ts'
import { AppError } from './errors.ts'
import { explainProblem } from './http/explain-problem.ts'

export type Config = {
  host: string
  port: number
  dataDir: string
  /** Absolute, without a trailing slash. */
  publicUrl: string
  log: { level: string; format: 'json' | 'pretty' }
  /** Gateway threads. */
  workers: number
  database: { kind: 'external'; url: string } | { kind: 'embedded'; directory: string }
  /** From the environment, or kept in the data directory. */
  secret: string | null
  smtpUrl: string | null
  /** Hosts, with or without a port, that customers' webhooks may call though they are not public or speak plain HTTP. */
  outboundAllowedHosts: string[]
  /** A Keycloak realm for single sign-on, used while no setting names a provider. */
  keycloak: { issuerUrl: string; clientId: string } | null
}

const keycloakNames = [
  'VITE_KEYCLOAK_URL',
  'VITE_KEYCLOAK_REALM',
  'VITE_KEYCLOAK_CLIENT_ID',
] as const

const EnvSchema = z
  .object({
    APIGATE_HOST: z.string().default('0.0.0.0'),
    APIGATE_PORT: z.coerce.number().int().min(0).max(65535).default(8080),
    APIGATE_DATA_DIR: z.string().min(1).default(defaultDataDir),
    APIGATE_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
    APIGATE_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
    APIGATE_LOG_LEVEL: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
      .default('info'),
    APIGATE_LOG_FORMAT: z.enum(['json', 'pretty']).optional(),
    APIGATE_WORKERS: z.coerce.number().int().min(1).max(64).optional(),
    DATABASE_URL: z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'must start with postgresql://')
      .optional(),
    SMTP_URL: z
      .string()
      .regex(/^smtps?:\/\//, 'must start with smtp:// or smtps://')
      .optional(),
    APIGATE_OUTBOUND_ALLOWED_HOSTS: z
      .string()
      .default('')
      .transform((text) =>
        text
          .toLowerCase()
          .split(/[\s,]+/)
          .filter(Boolean),
      ),
    VITE_KEYCLOAK_URL: z.url({ protocol: /^https?$/ }).optional(),
    VITE_KEYCLOAK_REALM: z.string().optional(),
    VITE_KEYCLOAK_CLIENT_ID: z.string().optional(),
  })
  .refine((env) => new Set(keycloakNames.map((name) => env[name] !== undefined)).size === 1, {
    path: ['VITE_KEYCLOAK_URL'],
    error: 'is set together with VITE_KEYCLOAK_REALM and VITE_KEYCLOAK_CLIENT_ID, or not at all',
  })

/**
 * Decides the configuration from the environment. Empty variables count as absent.
 * @throws AppError `invalid_configuration` that names every problem at once.
 */
export function parseConfig(env: Env, { terminal = false } = {}): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = EnvSchema.safeParse(given, { error: explainProblem })
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    throw new AppError(
      'invalid',
      'invalid_configuration',
      `The environment is not usable. ${problems.join('; ')}`,
    )
  }
  const e = parsed.data
  const dataDir = resolve(e.APIGATE_DATA_DIR)
  return {
    host: e.APIGATE_HOST,
    port: e.APIGATE_PORT,
    dataDir,
    publicUrl: (e.APIGATE_PUBLIC_URL ?? `http://localhost:${e.APIGATE_PORT}`).replace(/\/+$/, ''),
    log: {
      level: e.APIGATE_LOG_LEVEL,
      format: e.APIGATE_LOG_FORMAT ?? (terminal ? 'pretty' : 'json'),
    },
    workers: e.APIGATE_WORKERS ?? Math.max(1, Math.floor(availableParallelism() / 2)),
    database: e.DATABASE_URL
      ? { kind: 'external', url: e.DATABASE_URL }
      : { kind: 'embedded', directory: join(dataDir, 'postgres') },
    secret: e.APIGATE_SECRET ?? null,
    smtpUrl: e.SMTP_URL ?? null,
    outboundAllowedHosts: e.APIGATE_OUTBOUND_ALLOWED_HOSTS,
    keycloak: e.VITE_KEYCLOAK_URL
      ? {
          issuerUrl: `${e.VITE_KEYCLOAK_URL.replace(/\/+$/, '')}/realms/${encodeURIComponent(e.VITE_KEYCLOAK_REALM!)}`,
          clientId: e.VITE_KEYCLOAK_CLIENT_ID!,
        }
      : null,
  }
}
