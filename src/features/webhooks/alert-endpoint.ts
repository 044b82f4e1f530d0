import { and, eq, isNotNull } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { unseal } from '../../core/secret.ts'
import type { Severity } from '../notices/notice-types.ts'
import { insertEndpoint, moved, switched, writeEndpoint } from './endpoint-rows.ts'
import { webhookEndpoints } from './schema.ts'
import { newSecret } from './signature.ts'

/** The endpoint that stands in an organization's alert preferences. */
export async function findAlertEndpoint(app: App, organizationId: string) {
  const row = await findRow(app, organizationId)
  return row && { isEnabled: row.isEnabled, url: unseal(app.secret, row.url) }
}

type AlertEndpoint = {
  /** Undefined leaves it. */
  isEnabled: boolean | undefined
  /** Null takes it away, undefined leaves it. */
  url: string | null | undefined
  severities: Severity[]
}

/** Makes, changes or removes the endpoint that stands in the alert preferences. */
export async function setAlertEndpoint(
  tx: App,
  organizationId: string,
  { isEnabled, url, severities }: AlertEndpoint,
): Promise<void> {
  const row = await findRow(tx, organizationId)
  if (url === null) {
    if (row) await tx.db.delete(webhookEndpoints).where(eq(webhookEndpoints.id, row.id))
    return
  }
  if (row) {
    await writeEndpoint(tx, row, {
      severities,
      ...(url !== undefined && moved(tx, url)),
      ...(isEnabled !== undefined && isEnabled !== row.isEnabled && switched(isEnabled)),
    })
  } else if (url !== undefined) {
    const events = ['*' as const]
    await insertEndpoint(tx, {
      organizationId,
      url,
      secret: newSecret(),
      events,
      severities,
      isEnabled,
    })
  }
}

async function findRow(app: App, organizationId: string) {
  const [row] = await app.db
    .select()
    .from(webhookEndpoints)
    .where(
      and(
        eq(webhookEndpoints.organizationId, organizationId),
        isNotNull(webhookEndpoints.severities),
      ),
    )
  return row
}
