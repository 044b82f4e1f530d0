import { and, eq } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { notFound } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { seal } from '../../core/secret.ts'
import { recordAudit } from '../audit/audit.ts'
import { type EndpointRow, webhookEndpoints } from './schema.ts'

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
