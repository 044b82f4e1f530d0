import { and, eq } from 'drizzle-orm'
import { type App, inTransaction } from '../../core/app.ts'
import { newId } from '../../core/ids.ts'
import { type NoticeRow, notices } from '../notices/schema.ts'
import { deliveryDue } from './events.ts'
import {
  type DeliveryRow,
  type EndpointRow,
  webhookDeliveries,
  webhookEndpoints,
} from './schema.ts'

/** Queues a notice for each endpoint of its organization that wants it; once, however often it is asked. */
export async function queueDeliveries(app: App, noticeId: string): Promise<void> {
  await inTransaction(app, async (tx) => {
    const [notice] = await tx.db.select().from(notices).where(eq(notices.id, noticeId))
    if (!notice?.organizationId) return
    const endpoints = await tx.db
      .select()
      .from(webhookEndpoints)
      .where(
        and(
          eq(webhookEndpoints.organizationId, notice.organizationId),
          eq(webhookEndpoints.isEnabled, true),
        ),
      )
    const body = bodyOf(notice)
    for (const endpoint of endpoints.filter((one) => isWanted(one, notice))) {
      const message = { eventId: notice.id, type: notice.type, body }
      const deliveryId = await insertDelivery(tx, endpoint, message)
      if (deliveryId) await tx.jobs.announce(deliveryDue, { deliveryId })
    }
  })
}

function isWanted({ events, severities }: EndpointRow, { type, severity }: NoticeRow): boolean {
  if (severities) return severities.includes(severity)
  return events.includes('*') || events.includes(type)
}

/** What is sent, as it stays in every attempt. */
function bodyOf({ type, createdAt, severity, organizationId, data }: NoticeRow): string {
  const timestamp = createdAt.toISOString()
  return JSON.stringify({ type, timestamp, severity, organization_id: organizationId, data })
}

type Message = Pick<DeliveryRow, 'eventId' | 'type' | 'body'>

/** Writes a delivery that is due at once; returns its id, or nothing when this message is there already. */
export async function insertDelivery(
  tx: App,
  { id: endpointId }: EndpointRow,
  message: Message,
): Promise<string | undefined> {
  const now = tx.now()
  const [added] = await tx.db
    .insert(webhookDeliveries)
    .values({
      ...{ id: newId('dlv', now.getTime()), endpointId, ...message },
      ...{ createdAt: now, nextAttemptAt: now },
    })
    .onConflictDoNothing()
    .returning({ id: webhookDeliveries.id })
  return added?.id
}
