import { and, desc, eq } from 'drizzle-orm'
import { type Actor, requireOrganization } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { assertOutside } from '../../core/http/outbound.ts'
import {
  decodeTimeCursor,
  isAfter,
  type Page,
  type PageQuery,
  toPage,
} from '../../core/http/pagination.ts'
import { seal } from '../../core/secret.ts'
import { lockOrganization } from '../accounts/organizations.ts'
import { changesOf } from '../audit/changes.ts'
import {
  findEndpoint,
  insertEndpoint,
  moved,
  recordWebhookAudit,
  switched,
  writeEndpoint,
} from './endpoint-rows.ts'
import { assertUnmasked } from './mask-address.ts'
import { webhookEndpoints } from './schema.ts'
import { newSecret, validFormer } from './signature.ts'
import type { CreateWebhook, RotateSecret, UpdateWebhook } from './webhook-input.ts'
import { type EndpointJson, toEndpointJson } from './webhook-json.ts'

const maxEndpoints = 10
/** With the present one, ten signatures a message. */
const maxFormerSecrets = 9

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
