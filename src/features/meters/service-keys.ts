import { and, desc, eq, isNull, lt, or } from 'drizzle-orm'
import { type Actor, requireAdmin } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { notFound } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { createKey, digestOf, hasValidChecksum, visibleParts } from '../../core/key-format.ts'
import { recordAudit } from '../audit/audit.ts'
import type { IssueServiceKey } from './meter-input.ts'
import { type ServiceKeyRow, serviceKeys } from './schema.ts'

const minuteMs = 60_000

export type IssuedServiceKey = ServiceKeyRow & { key: string }

/** Makes a key for one of the operator's programs. It is in the answer and nowhere else: only its hash is stored. */
export async function issueServiceKey(
  app: App,
  actor: Actor,
  input: IssueServiceKey,
): Promise<IssuedServiceKey> {
  requireAdmin(actor)
  return inTransaction(app, async (tx) => {
    const key = createKey('svc', 'live')
    const now = tx.now()
    const row = {
      ...{ id: newId('svk', now.getTime()), name: input.name, scopes: input.scopes },
      ...{ digest: digestOf(key), ...visibleParts(key), createdAt: now },
      createdBy: actor.type === 'user' ? actor.userId : null,
    }
    const [issued] = await tx.db.insert(serviceKeys).values(row).returning()
    await recordAudit(tx, actor, {
      action: 'service_keys.issued',
      target: { type: 'service_key', id: row.id },
      changes: input,
    })
    return { ...issued!, key }
  })
}

/** All of them, newest first, revoked ones included. */
export async function listServiceKeys(app: App, actor: Actor): Promise<ServiceKeyRow[]> {
  requireAdmin(actor)
  return app.db
    .select()
    .from(serviceKeys)
    .orderBy(desc(serviceKeys.createdAt), desc(serviceKeys.id))
}

/** Ends a service key for good, from the next call on. Twice is once. */
export async function revokeServiceKey(app: App, actor: Actor, id: string): Promise<void> {
  requireAdmin(actor)
  await inTransaction(app, async (tx) => {
    const [key] = await tx.db.select().from(serviceKeys).where(eq(serviceKeys.id, id)).for('update')
    if (!key) throw notFound('service key')
    if (key.revokedAt) return
    await tx.db.update(serviceKeys).set({ revokedAt: tx.now() }).where(eq(serviceKeys.id, id))
    await recordAudit(tx, actor, {
      action: 'service_keys.revoked',
      target: { type: 'service_key', id },
      changes: { name: key.name },
    })
  })
}

/** The live service key that a text is, if it is one. Notes when it was used, to the minute. */
export async function findServiceKey(app: App, text: string): Promise<ServiceKeyRow | undefined> {
  if (!text.startsWith('svc_') || !hasValidChecksum(text)) return undefined
  const [key] = await app.db
    .select()
    .from(serviceKeys)
    .where(and(eq(serviceKeys.digest, digestOf(text)), isNull(serviceKeys.revokedAt)))
  if (!key) return undefined
  const now = app.now()
  const aMinuteAgo = new Date(now.getTime() - minuteMs)
  if (!key.lastUsedAt || key.lastUsedAt < aMinuteAgo) {
    const isOld = or(isNull(serviceKeys.lastUsedAt), lt(serviceKeys.lastUsedAt, aMinuteAgo))
    await app.db
      .update(serviceKeys)
      .set({ lastUsedAt: now })
      .where(and(eq(serviceKeys.id, key.id), isOld))
  }
  return key
}
