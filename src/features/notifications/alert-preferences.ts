import { z } from '@hono/zod-openapi'
import { eq } from 'drizzle-orm'
import { type Actor, requireOrganization } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { invalidInput } from '../../core/errors.ts'
import { assertOutside } from '../../core/http/outbound.ts'
import { seal, unseal } from '../../core/secret.ts'
import { lockOrganization } from '../accounts/organizations.ts'
import { recordAudit } from '../audit/audit.ts'
import { changesOf } from '../audit/changes.ts'
import { severities } from '../notices/notice-types.ts'
import { getSetting } from '../settings/settings.ts'
import { findAlertEndpoint, setAlertEndpoint } from '../webhooks/alert-endpoint.ts'
import { assertUnmasked, maskAddress } from '../webhooks/mask-address.ts'
import { alertPreferences } from './schema.ts'

const Thresholds = z
  .array(
    z
      .int('Use whole numbers from 50 to 100')
      .min(50, 'Use whole numbers from 50 to 100')
      .max(100, 'Use whole numbers from 50 to 100'),
  )
  .min(1, 'Choose at least one')
  .max(10)
  .transform((given) => [...new Set(given)].sort((a, b) => a - b))
const Severities = z
  .array(z.enum(severities))
  .transform((given) => severities.filter((one) => given.includes(one)))
const Address = z.string().trim().max(2000).nullable()

export const UpdateAlertPreferences = z
  .strictObject({
    email: z.strictObject({ enabled: z.boolean() }).optional(),
    slack: z.strictObject({ enabled: z.boolean(), webhook_url: Address.optional() }).optional(),
    webhook: z.strictObject({ enabled: z.boolean(), url: Address.optional() }).optional(),
    severities: Severities.optional(),
    thresholds: Thresholds.optional(),
  })
  .openapi('UpdateAlertPreferences')
export type UpdateAlertPreferences = z.infer<typeof UpdateAlertPreferences>

const masked = z.string().nullable().openapi({ description: 'Masked when read' })
export const AlertPreferencesJson = z
  .object({
    email: z.object({ enabled: z.boolean() }),
    slack: z.object({ enabled: z.boolean(), webhook_url: masked }),
    webhook: z.object({ enabled: z.boolean(), url: masked }),
    severities: z.array(z.enum(severities)),
    thresholds: z.array(z.number().int()),
  })
  .openapi('AlertPreferences')
export type AlertPreferencesJson = z.infer<typeof AlertPreferencesJson>

/** How the organization is told of what happens. Addresses come masked. */
export async function getAlertPreferences(app: App, actor: Actor): Promise<AlertPreferencesJson> {
  return readPreferences(app, requireOrganization(actor, 'alerts:read'))
}

/**
 * Changes what is given. An address that was read, masked, and is sent back stays what it was; null
 * takes it away.
 * @throws AppError `validation_error` for an address that is not https or leads inside.
 */
export async function updateAlertPreferences(
  app: App,
  actor: Actor,
  input: UpdateAlertPreferences,
): Promise<AlertPreferencesJson> {
  const organizationId = requireOrganization(actor, 'alerts:write')
  // Addresses are looked up before anything is held.
  const { slack, webhook } = await readPreferences(app, organizationId)
  const slackUrl = await newAddress(app, slackPath, input.slack?.webhook_url, slack.webhook_url)
  const webhookUrl = await newAddress(app, webhookPath, input.webhook?.url, webhook.url)
  return inTransaction(app, async (tx) => {
    await lockOrganization(tx, organizationId)
    const before = await readPreferences(tx, organizationId)
    assertAddressed(slackPath, input.slack, slackUrl, before.slack.webhook_url)
    assertAddressed(webhookPath, input.webhook, webhookUrl, before.webhook.url)
    // Nothing but what is given: a channel may be switched off meanwhile, because its address is gone.
    const change = {
      ...(input.email && { isMailed: input.email.enabled }),
      ...(input.slack && { isSlackOn: input.slack.enabled }),
      ...(input.severities && { severities: input.severities }),
      ...(input.thresholds && { thresholds: input.thresholds }),
      ...(slackUrl !== undefined && { slackUrl: slackUrl && seal(tx.secret, slackUrl) }),
    }
    await tx.db
      .insert(alertPreferences)
      .values({ organizationId, severities: before.severities, ...change })
      .onConflictDoUpdate({
        target: alertPreferences.organizationId,
        set: { organizationId, ...change },
      })
    await setAlertEndpoint(tx, organizationId, {
      isEnabled: input.webhook?.enabled,
      url: webhookUrl,
      severities: input.severities ?? before.severities,
    })
    const after = await readPreferences(tx, organizationId)
    await recordAudit(tx, actor, {
      action: 'alerts.updated',
      target: { type: 'organization', id: organizationId },
      organizationId,
      changes: changesOf(before, after, input),
    })
    return after
  })
}

const slackPath = 'slack.webhook_url'
const webhookPath = 'webhook.url'

/** The address to store, undefined to leave what is there. */
async function newAddress(
  app: App,
  path: string,
  given: string | null | undefined,
  kept: string | null,
): Promise<string | null | undefined> {
  if (given === undefined || given === kept) return undefined
  if (given === null || given === '') return null
  assertUnmasked(given, path)
  await assertOutside(app, given, path)
  return given
}

function assertAddressed(
  path: string,
  given: { enabled: boolean } | undefined,
  address: string | null | undefined,
  kept: string | null,
): void {
  if (given?.enabled && !(address === undefined ? kept : address))
    throw invalidInput(path, 'Give the address first')
}

async function readPreferences(app: App, organizationId: string): Promise<AlertPreferencesJson> {
  const row = await findPreferences(app, organizationId)
  const endpoint = await findAlertEndpoint(app, organizationId)
  return {
    email: { enabled: row?.isMailed ?? true },
    slack: {
      enabled: row?.isSlackOn ?? false,
      webhook_url: row?.slackUrl ? maskAddress(unseal(app.secret, row.slackUrl)) : null,
    },
    webhook: {
      enabled: endpoint?.isEnabled ?? false,
      url: endpoint ? maskAddress(endpoint.url) : null,
    },
    severities: row?.severities ?? [...severities],
    thresholds: row?.thresholds ?? (await getSetting(app, 'quota_warning_thresholds')),
  }
}

async function findPreferences(app: App, organizationId: string) {
  const [row] = await app.db
    .select()
    .from(alertPreferences)
    .where(eq(alertPreferences.organizationId, organizationId))
  return row
}
