import { and, asc, eq, lte, ne } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { attemptDelivery } from './deliver.ts'
import { deliveryDue } from './events.ts'
import { webhookDeliveries, webhookEndpoints } from './schema.ts'

const minuteMs = 60_000
const keptMs = 30 * 24 * 60 * minuteMs
/** Of one organization on one server: whose own servers are slow keeps nobody else waiting. */
const mostUnderWay = 4

const createUnderWay = () => new Map<string, number>()

/**
 * Attempts a delivery that is due. While as many of its organization are under way as may be, it is
 * left: whichever of them ends goes on with the next one that is due.
 */
export async function workOnDelivery(app: App, deliveryId: string): Promise<void> {
  const organizationId = await findOrganizationOf(app, deliveryId)
  if (organizationId === undefined) return
  const underWay = app.once(createUnderWay)
  const count = () => underWay.get(organizationId) ?? 0
  if (count() >= mostUnderWay) return
  underWay.set(organizationId, count() + 1)
  try {
    await attemptDelivery(app, deliveryId)
  } finally {
    if (count() > 1) underWay.set(organizationId, count() - 1)
    else underWay.delete(organizationId)
  }
  await announceNext(app, organizationId)
}

async function findOrganizationOf(app: App, deliveryId: string): Promise<string | undefined> {
  const [found] = await app.db
    .select({ organizationId: webhookEndpoints.organizationId })
    .from(webhookDeliveries)
    .innerJoin(webhookEndpoints, eq(webhookEndpoints.id, webhookDeliveries.endpointId))
    .where(and(eq(webhookDeliveries.id, deliveryId), isDue(app.now())))
  return found?.organizationId
}

async function announceNext(app: App, organizationId: string): Promise<void> {
  const [next] = await app.db
    .select({ deliveryId: webhookDeliveries.id })
    .from(webhookDeliveries)
    .innerJoin(webhookEndpoints, eq(webhookEndpoints.id, webhookDeliveries.endpointId))
    .where(and(eq(webhookEndpoints.organizationId, organizationId), isDue(app.now())))
    .orderBy(asc(webhookDeliveries.nextAttemptAt))
    .limit(1)
  if (next) await app.jobs.announce(deliveryDue, next)
}

const isDue = (now: Date) =>
  and(eq(webhookDeliveries.status, 'pending'), lte(webhookDeliveries.nextAttemptAt, now))

/**
 * Calls again for what should have been attempted: its server was killed, or its clock went
 * differently. The first of each organization, which leads to the others.
 */
export async function resumeDeliveries(app: App): Promise<void> {
  const late = await app.db
    .selectDistinctOn([webhookEndpoints.organizationId], { deliveryId: webhookDeliveries.id })
    .from(webhookDeliveries)
    .innerJoin(webhookEndpoints, eq(webhookEndpoints.id, webhookDeliveries.endpointId))
    .where(isDue(new Date(app.now().getTime() - minuteMs)))
    .orderBy(asc(webhookEndpoints.organizationId), asc(webhookDeliveries.nextAttemptAt))
  for (const due of late) await app.jobs.announce(deliveryDue, due)
}

export async function pruneDeliveries(app: App): Promise<void> {
  const oldest = new Date(app.now().getTime() - keptMs)
  await app.db
    .delete(webhookDeliveries)
    .where(and(lte(webhookDeliveries.createdAt, oldest), ne(webhookDeliveries.status, 'pending')))
}
