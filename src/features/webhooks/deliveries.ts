import { and, desc, eq } from 'drizzle-orm'
import { type Actor, requireOrganization } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError, notFound } from '../../core/errors.ts'
import { decodeTimeCursor, isAfter, type Page, toPage } from '../../core/http/pagination.ts'
import { newId } from '../../core/ids.ts'
import { attemptDelivery } from './deliver.ts'
import { findEndpoint, recordWebhookAudit } from './endpoint-rows.ts'
import { deliveryDue } from './events.ts'
import { insertDelivery } from './queue-deliveries.ts'
import { webhookDeliveries, webhookEndpoints } from './schema.ts'
import type { ListDeliveries } from './webhook-input.ts'
import { type DeliveryJson, toDeliveryJson } from './webhook-json.ts'

/** What was and is to be delivered to an endpoint, newest first. */
export async function listDeliveries(
  app: App,
  actor: Actor,
  endpointId: string,
  { limit, cursor, status }: ListDeliveries,
): Promise<Page<DeliveryJson>> {
  const organizationId = requireOrganization(actor, 'webhooks:read')
  await findEndpoint(app, organizationId, endpointId)
  const rows = await app.db
    .select()
    .from(webhookDeliveries)
    .where(
      and(
        eq(webhookDeliveries.endpointId, endpointId),
        status && eq(webhookDeliveries.status, status),
        isAfter(decodeTimeCursor(cursor), webhookDeliveries.createdAt, webhookDeliveries.id),
      ),
    )
    .orderBy(desc(webhookDeliveries.createdAt), desc(webhookDeliveries.id))
    .limit(limit + 1)
  const page = toPage(rows, limit, (row) => [row.createdAt.getTime(), row.id])
  return { ...page, data: page.data.map(toDeliveryJson) }
}

export async function getDelivery(app: App, actor: Actor, id: string): Promise<DeliveryJson> {
  const organizationId = requireOrganization(actor, 'webhooks:read')
  return toDeliveryJson((await findDelivery(app, organizationId, id)).delivery)
}

/** Sends a message to an endpoint at once, and answers what came of it. It is not tried again. */
export async function testWebhook(app: App, actor: Actor, id: string): Promise<DeliveryJson> {
  const organizationId = requireOrganization(actor, 'webhooks:write')
  const deliveryId = await inTransaction(app, async (tx) => {
    const endpoint = await findEndpoint(tx, organizationId, id)
    if (!endpoint.isEnabled) throw switchedOff()
    const now = tx.now()
    const message = { type: 'webhook.test', timestamp: now.toISOString(), severity: 'info' }
    const body = JSON.stringify({ ...message, organization_id: organizationId, data: {} })
    const eventId = newId('evt', now.getTime())
    await recordWebhookAudit(tx, actor, endpoint, 'webhooks.tested')
    return (await insertDelivery(tx, endpoint, { eventId, type: 'webhook.test', body }))!
  })
  await attemptDelivery(app, deliveryId)
  return getDelivery(app, actor, deliveryId)
}

/** Delivers again what was delivered or given up: the same message with the same id, with all its attempts. */
export async function replayDelivery(app: App, actor: Actor, id: string): Promise<DeliveryJson> {
  const organizationId = requireOrganization(actor, 'webhooks:write')
  return inTransaction(app, async (tx) => {
    const { delivery, endpoint } = await findDelivery(tx, organizationId, id)
    if (!endpoint.isEnabled) throw switchedOff()
    const [row] = await tx.db
      .update(webhookDeliveries)
      .set({ status: 'pending', tries: 0, nextAttemptAt: tx.now() })
      .where(eq(webhookDeliveries.id, delivery.id))
      .returning()
    await tx.jobs.announce(deliveryDue, { deliveryId: delivery.id })
    await recordWebhookAudit(tx, actor, endpoint, 'webhooks.replayed', { delivery: delivery.id })
    return toDeliveryJson(row!)
  })
}

function switchedOff(): AppError {
  return new AppError('conflict', 'webhook_disabled', 'This webhook is switched off.')
}

async function findDelivery(app: App, organizationId: string, id: string) {
  const [found] = await app.db
    .select({ delivery: webhookDeliveries, endpoint: webhookEndpoints })
    .from(webhookDeliveries)
    .innerJoin(webhookEndpoints, eq(webhookEndpoints.id, webhookDeliveries.endpointId))
    .where(and(eq(webhookDeliveries.id, id), eq(webhookEndpoints.organizationId, organizationId)))
  if (!found) throw notFound('delivery')
  return found
}
