import { z } from '@hono/zod-openapi'
import { and, desc, eq } from 'drizzle-orm'
import { type Actor, requireOrganization } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError, notFound } from '../../core/errors.ts'
import { assertOutside } from '../../core/http/outbound.ts'
import {
  decodeTimeCursor,
  isAfter,
  type Page,
  type PageQuery,
  toPage,
} from '../../core/http/pagination.ts'
import { newId } from '../../core/ids.ts'
import { seal } from '../../core/secret.ts'
import { lockOrganization } from '../accounts/organizations.ts'
import { recordAudit } from '../audit/audit.ts'
import { changesOf } from '../audit/changes.ts'
import { assertUnmasked } from './mask-address.ts'
import { type EndpointRow, webhookEndpoints } from './schema.ts'
import { newSecret, validFormer } from './signature.ts'
import { type EndpointJson, Subscriptions, toEndpointJson } from './webhook-json.ts'

const maxEndpoints = 10
/** With the present one, ten signatures a message. */
const maxFormerSecrets = 9

const Url = z.string().trim().min(1, 'Give the address').max(2000)
const Description = z.string().trim().max(200)

export const CreateWebhook = z
  .strictObject({ url: Url, events: Subscriptions, description: Description.optional() })
  .openapi('CreateWebhook')
export type CreateWebhook = z.infer<typeof CreateWebhook>

export const UpdateWebhook = z
  .strictObject({
    url: Url.optional(),
    events: Subscriptions.optional(),
    description: Description.optional(),
    enabled: z.boolean().optional(),
  })
  .openapi('UpdateWebhook')
export type UpdateWebhook = z.infer<typeof UpdateWebhook>

export const RotateSecret = z
  .strictObject({
    overlap_hours: z.number().int().min(0).max(168).default(24).openapi({
      description: 'How long the former secret signs, too',
    }),
  })
  .openapi('RotateWebhookSecret')
export type RotateSecret = z.infer<typeof RotateSecret>

/** The organization's endpoints, newest first. */
export async function listWebhooks(
  app: App,
  actor: Actor,
  query: PageQuery,
): Promise<Page<EndpointJson>> {
  const organizationId = requireOrganization(actor, 'webhooks:read')
  const rows = await app.db
    .select()
    .from(webhookEndpoints)
    .where(
      and(
        eq(webhookEndpoints.organizationId, organizationId),
        isAfter(decodeTimeCursor(query.cursor), webhookEndpoints.createdAt, webhookEndpoints.id),
      ),
    )
    .orderBy(desc(webhookEndpoints.createdAt), desc(webhookEndpoints.id))
    .limit(query.limit + 1)
  const page = toPage(rows, query.limit, (row) => [row.createdAt.getTime(), row.id])
  return { ...page, data: page.data.map((row) => toEndpointJson(app, row)) }
}

export async function getWebhook(app: App, actor: Actor, id: string): Promise<EndpointJson> {
  const organizationId = requireOrganization(actor, 'webhooks:read')
  return toEndpointJson(app, await findEndpoint(app, organizationId, id))
}

/** Adds an endpoint. Its secret is in the answer and never readable again. */
export async function createWebhook(
  app: App,
  actor: Actor,
  input: CreateWebhook,
): Promise<EndpointJson & { secret: string }> {
  const organizationId = requireOrganization(actor, 'webhooks:write')
  await assertAddress(app, input.url)
  return inTransaction(app, async (tx) => {
    await lockOrganization(tx, organizationId)
    const isTheirs = eq(webhookEndpoints.organizationId, organizationId)
    if ((await tx.db.$count(webhookEndpoints, isTheirs)) >= maxEndpoints) {
      throw new AppError(
        'limit_reached',
        'webhook_limit_reached',
        'An organization may have {{max}} webhooks.',
        { params: { max: maxEndpoints } },
      )
    }
    const secret = newSecret()
    const { events, description = '' } = input
    const row = await insertEndpoint(tx, {
      organizationId,
      url: input.url,
      secret,
      events,
      description,
    })
    await recordWebhookAudit(tx, actor, row, 'webhooks.created', { events, description })
    return { ...toEndpointJson(tx, row), secret }
  })
}

async function assertAddress(app: App, url: string): Promise<void> {
  assertUnmasked(url, 'url')
  await assertOutside(app, url, 'url')
}

type NewEndpoint = Pick<EndpointRow, 'organizationId' | 'url' | 'secret' | 'events'> &
  Partial<Pick<EndpointRow, 'description' | 'severities' | 'isEnabled'>>

/** Writes an endpoint, its address and secret sealed. */
export async function insertEndpoint(
  tx: App,
  { url, secret, ...rest }: NewEndpoint,
): Promise<EndpointRow> {
  const createdAt = tx.now()
  const sealed = { url: seal(tx.secret, url), secret: seal(tx.secret, secret) }
  const [row] = await tx.db
    .insert(webhookEndpoints)
    .values({ id: newId('whk', createdAt.getTime()), createdAt, ...sealed, ...rest })
    .returning()
  return row!
}

/** Changes what is given; the masked address that was read changes nothing. Switching on again forgets why it was off. */
export async function updateWebhook(
  app: App,
  actor: Actor,
  id: string,
  input: UpdateWebhook,
): Promise<EndpointJson> {
  const organizationId = requireOrganization(actor, 'webhooks:write')
  const present = await getWebhook(app, actor, id)
  const url = input.url === present.url ? undefined : input.url
  if (url !== undefined) await assertAddress(app, url)
  return inTransaction(app, async (tx) => {
    const before = await findEndpoint(tx, organizationId, id, { lock: true })
    const { url: _, enabled, ...rest } = input
    const change = {
      ...rest,
      ...(url !== undefined && moved(tx, url)),
      ...(enabled !== undefined && switched(enabled)),
    }
    const row = await writeEndpoint(tx, before, change)
    const [old, now] = [toEndpointJson(tx, before), toEndpointJson(tx, row)]
    await recordWebhookAudit(tx, actor, row, 'webhooks.updated', changesOf(old, now, input))
    return now
  })
}

/** What becomes of an endpoint at another address: what the former one did is not its fault. */
export const moved = (tx: App, url: string) => ({
  url: seal(tx.secret, url),
  failingSince: null,
})

/** What becomes of an endpoint that is switched on or off. */
export const switched = (isEnabled: boolean) => ({
  isEnabled,
  ...(isEnabled && { disabledReason: null, failingSince: null }),
})

export async function deleteWebhook(app: App, actor: Actor, id: string): Promise<void> {
  const organizationId = requireOrganization(actor, 'webhooks:write')
  await inTransaction(app, async (tx) => {
    const row = await findEndpoint(tx, organizationId, id)
    await tx.db.delete(webhookEndpoints).where(eq(webhookEndpoints.id, id))
    await recordWebhookAudit(tx, actor, row, 'webhooks.deleted')
  })
}

/**
 * Gives an endpoint another secret. The former one signs beside it for a while, so that nothing is
 * refused meanwhile; so do those before it whose while is not over, as after a form that was sent twice.
 */
export async function rotateSecret(
  app: App,
  actor: Actor,
  id: string,
  { overlap_hours }: RotateSecret,
): Promise<EndpointJson & { secret: string }> {
  const organizationId = requireOrganization(actor, 'webhooks:write')
  return inTransaction(app, async (tx) => {
    const before = await findEndpoint(tx, organizationId, id, { lock: true })
    const secret = newSecret()
    const until = new Date(tx.now().getTime() + overlap_hours * 3_600_000).toISOString()
    const former = [{ secret: before.secret, until }, ...validFormer(before, tx.now())]
    const row = await writeEndpoint(tx, before, {
      secret: seal(tx.secret, secret),
      formerSecrets: overlap_hours === 0 ? [] : former.slice(0, maxFormerSecrets),
    })
    await recordWebhookAudit(tx, actor, row, 'webhooks.secret_rotated', { overlap_hours })
    return { ...toEndpointJson(tx, row), secret }
  })
}

export async function writeEndpoint(
  tx: App,
  before: EndpointRow,
  change: Partial<EndpointRow>,
): Promise<EndpointRow> {
  if (Object.keys(change).length === 0) return before
  const [row] = await tx.db
    .update(webhookEndpoints)
    .set(change)
    .where(eq(webhookEndpoints.id, before.id))
    .returning()
  return row!
}

/** An endpoint of the organization; with `lock`, held until the transaction ends. */
export async function findEndpoint(
  app: App,
  organizationId: string,
  id: string,
  { lock = false } = {},
): Promise<EndpointRow> {
  const query = app.db
    .select()
    .from(webhookEndpoints)
    .where(and(eq(webhookEndpoints.id, id), eq(webhookEndpoints.organizationId, organizationId)))
  const [row] = lock ? await query.for('no key update') : await query
  if (!row) throw notFound('webhook')
  return row
}

/** Tells the audit log of something done to an endpoint. */
export async function recordWebhookAudit(
  tx: App,
  actor: Actor,
  { id, organizationId }: EndpointRow,
  action: Extract<Parameters<typeof recordAudit>[2]['action'], `webhooks.${string}`>,
  changes?: Record<string, unknown>,
): Promise<void> {
  await recordAudit(tx, actor, { action, target: { type: 'webhook', id }, organizationId, changes })
}
