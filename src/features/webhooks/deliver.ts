import { and, eq, lte } from 'drizzle-orm'
import { type App, inTransaction } from '../../core/app.ts'
import { callOutside, type OutboundAnswer, type OutboundFailure } from '../../core/http/outbound.ts'
import { unseal } from '../../core/secret.ts'
import { tell } from '../notices/notices.ts'
import { deliveryDue } from './events.ts'
import {
  type Attempt,
  type DeliveryRow,
  type EndpointRow,
  webhookDeliveries,
  webhookEndpoints,
} from './schema.ts'
import { signatureHeaders, validFormer } from './signature.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** After the first attempt and each further one: over four days in all. */
const delaysMs = [
  ...[5000, 5 * minuteMs, 30 * minuteMs, 2 * hourMs, 5 * hourMs, 10 * hourMs, 14 * hourMs],
  ...[20 * hourMs, 24 * hourMs, 24 * hourMs],
]
/** Longer than an attempt takes: who holds it that long was killed. */
const heldMs = 2 * minuteMs
const givenUpAfterMs = 5 * 24 * hourMs
/** What is shown of an answer. */
const shownBytes = 1024
/** What is kept of attempts: a delivery may be replayed without end. */
const keptAttempts = 50

/** Calls the endpoint of a delivery that is due, and decides what comes next. */
export async function attemptDelivery(app: App, deliveryId: string): Promise<void> {
  const held = await holdDelivery(app, deliveryId)
  if (!held) return
  const { attempt, retryAfterMs } = await call(app, held.endpoint, held.delivery)
  await inTransaction(app, async (tx) => {
    const now = await lockDelivery(tx, deliveryId)
    // Removed while it was called.
    if (now) await settle(tx, now.endpoint, now.delivery, attempt, retryAfterMs)
  })
}

/** Takes a delivery, so that nobody else attempts it meanwhile. */
async function holdDelivery(app: App, id: string) {
  const now = app.now()
  const [delivery] = await app.db
    .update(webhookDeliveries)
    .set({ nextAttemptAt: new Date(now.getTime() + heldMs) })
    .where(
      and(
        eq(webhookDeliveries.id, id),
        eq(webhookDeliveries.status, 'pending'),
        lte(webhookDeliveries.nextAttemptAt, now),
      ),
    )
    .returning()
  if (!delivery) return
  const [endpoint] = await app.db
    .select()
    .from(webhookEndpoints)
    .where(eq(webhookEndpoints.id, delivery.endpointId))
  if (endpoint?.isEnabled) return { delivery, endpoint }
  await app.db
    .update(webhookDeliveries)
    .set({ status: 'failed', nextAttemptAt: null })
    .where(eq(webhookDeliveries.id, id))
}

/** A delivery and its endpoint as they are now: a call takes its time, and others may have ended meanwhile. */
async function lockDelivery(tx: App, id: string) {
  const [found] = await tx.db
    .select({ endpoint: webhookEndpoints, delivery: webhookDeliveries })
    .from(webhookEndpoints)
    .innerJoin(webhookDeliveries, eq(webhookDeliveries.endpointId, webhookEndpoints.id))
    .where(eq(webhookDeliveries.id, id))
    .for('no key update')
  return found
}

/** One attempt, signed anew; the message's id and body stay. */
async function call(app: App, endpoint: EndpointRow, { eventId, body }: DeliveryRow) {
  const time = app.now()
  const valid = [endpoint, ...validFormer(endpoint, time)]
  const secrets = valid.map(({ secret }) => unseal(app.secret, secret))
  const startedAt = performance.now()
  const answer = await callOutside(app, unseal(app.secret, endpoint.url), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...signatureHeaders({ id: eventId, time, body, secrets }),
    },
    body,
  })
  const durationMs = Math.round(performance.now() - startedAt)
  return { attempt: toAttempt(time, durationMs, answer), retryAfterMs: retryAfterOf(answer, time) }
}

function toAttempt(
  time: Date,
  durationMs: number,
  answer: OutboundAnswer | { failure: OutboundFailure },
): Attempt {
  const base = { time: time.toISOString(), durationMs }
  if ('failure' in answer) return { ...base, status: null, failure: answer.failure, response: '' }
  // What PostgreSQL cannot keep in a text is left out.
  const response = answer.body.subarray(0, shownBytes).toString().replaceAll('\0', '')
  return { ...base, status: answer.status, failure: null, response }
}

/** How long a busy server asks us to wait; a day at most. */
function retryAfterOf(answer: OutboundAnswer | { failure: OutboundFailure }, time: Date): number {
  const asked = 'headers' in answer ? String(answer.headers['retry-after'] ?? '') : ''
  const ms = /^\d+$/.test(asked) ? Number(asked) * 1000 : Date.parse(asked) - time.getTime()
  return ms > 0 ? Math.min(ms, 24 * hourMs) : 0
}

async function settle(
  tx: App,
  endpoint: EndpointRow,
  delivery: DeliveryRow,
  attempt: Attempt,
  retryAfterMs: number,
): Promise<void> {
  const attempts = [...delivery.attempts, attempt].slice(-keptAttempts)
  if (attempt.status !== null && attempt.status >= 200 && attempt.status < 300) {
    await update(tx, delivery, { attempts, status: 'delivered', nextAttemptAt: null })
    if (endpoint.failingSince) await updateEndpoint(tx, endpoint, { failingSince: null })
    return
  }
  const now = tx.now()
  const failingSince = endpoint.failingSince ?? now
  const isGone = attempt.status === 410
  const isGivenUp = now.getTime() - failingSince.getTime() >= givenUpAfterMs
  const delayMs = delivery.type === 'webhook.test' ? undefined : delaysMs[delivery.tries]
  if (isGone || isGivenUp || delayMs === undefined) {
    await update(tx, delivery, { attempts, status: 'failed', nextAttemptAt: null })
  } else {
    // Endpoints that failed together are not called together.
    const waitMs = Math.max(retryAfterMs, delayMs * (0.9 + 0.2 * Math.random()))
    const nextAttemptAt = new Date(now.getTime() + waitMs)
    await update(tx, delivery, { attempts, tries: delivery.tries + 1, nextAttemptAt })
    const due = { deliveryId: delivery.id }
    await tx.jobs.announce(deliveryDue, due, { notBefore: nextAttemptAt })
  }
  if (delivery.type === 'webhook.test') return
  if (isGone || isGivenUp) await disable(tx, endpoint, isGone ? 'gone' : 'failing')
  else if (!endpoint.failingSince) await updateEndpoint(tx, endpoint, { failingSince })
}

async function update(tx: App, { id }: DeliveryRow, change: Partial<DeliveryRow>): Promise<void> {
  await tx.db.update(webhookDeliveries).set(change).where(eq(webhookDeliveries.id, id))
}

async function updateEndpoint(tx: App, { id }: EndpointRow, change: Partial<EndpointRow>) {
  await tx.db.update(webhookEndpoints).set(change).where(eq(webhookEndpoints.id, id))
}

/** Stops calling an endpoint and tells its owners; of several attempts that find it so, one does. */
async function disable(tx: App, endpoint: EndpointRow, reason: 'gone' | 'failing'): Promise<void> {
  const disabled = await tx.db
    .update(webhookEndpoints)
    .set({ isEnabled: false, disabledReason: reason })
    .where(and(eq(webhookEndpoints.id, endpoint.id), eq(webhookEndpoints.isEnabled, true)))
    .returning({ id: webhookEndpoints.id })
  if (disabled.length === 0) return
  const { hostname: host } = new URL(unseal(tx.secret, endpoint.url))
  const { organizationId } = endpoint
  const data = { endpoint_id: endpoint.id, host, reason }
  await tell(tx, { type: 'webhook.disabled', organizationId, data })
}
