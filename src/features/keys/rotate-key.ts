import { and, eq } from 'drizzle-orm'
import { type Actor, requireAdmin, requireOrganization } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { createKey } from '../../core/key-format.ts'
import { recordAudit } from '../audit/audit.ts'
import { getSettings } from '../settings/settings.ts'
import { keyRotated } from './events.ts'
import { insertKey } from './issue-key.ts'
import { isExpired } from './key-expiry.ts'
import { isLive } from './key-limit.ts'
import { findOrganizationOf, getKeyOf, type IssuedKey } from './keys.ts'
import { apiKeys } from './schema.ts'

/**
 * Replaces a key by one with the same name, scopes, addresses, limits and expiry. The old key works
 * on for `graceSeconds`, but never longer than it would have. A rotation takes no slot of the plan.
 */
export async function rotateKey(
  app: App,
  actor: Actor,
  id: string,
  graceSeconds: number,
): Promise<IssuedKey> {
  return rotateKeyOf(app, actor, requireOrganization(actor, 'keys:write'), id, graceSeconds)
}

/** Replaces any key, as the operator. */
export async function rotateAnyKey(
  app: App,
  actor: Actor,
  id: string,
  graceSeconds: number,
): Promise<IssuedKey> {
  requireAdmin(actor)
  return rotateKeyOf(app, actor, await findOrganizationOf(app, id), id, graceSeconds)
}

async function rotateKeyOf(
  app: App,
  actor: Actor,
  organizationId: string,
  id: string,
  graceSeconds: number,
): Promise<IssuedKey> {
  const { key_prefix } = await getSettings(app)
  return inTransaction(app, async (tx) => {
    const now = app.now()
    // Two rotations at once must not make two keys of one.
    await tx.db
      .select({ id: apiKeys.id })
      .from(apiKeys)
      .where(and(eq(apiKeys.id, id), eq(apiKeys.organizationId, organizationId)))
      .for('update')
    const old = await getKeyOf(tx, organizationId, id)
    if (old.revokedAt || isExpired(old, now)) {
      throw new AppError('conflict', 'key_not_active', 'Only an active key can be rotated.')
    }
    await assertNoGrace(tx, old.rotatedFrom, now)
    const { name, environment, scopes, ipAllowlist, rateLimitPerMinute, monthlyLimit, expiresAt } =
      old
    const issued = await insertKey(tx, actor, createKey(key_prefix, environment), {
      ...{
        organizationId,
        name,
        environment,
        scopes,
        ipAllowlist,
        rateLimitPerMinute,
        monthlyLimit,
        expiresAt,
      },
      rotatedFrom: id,
    })
    // Set as a revocation to come, which is final and counts against no limit of keys.
    const graceEnd = new Date(now.getTime() + graceSeconds * 1000)
    const revokedAt = expiresAt && expiresAt < graceEnd ? expiresAt : graceEnd
    await tx.db.update(apiKeys).set({ revokedAt }).where(eq(apiKeys.id, id))
    await tx.signals.send({ topic: 'keys', keyIds: [id], digests: [old.digest] })
    await tx.jobs.announce(keyRotated, { keyId: issued.id, organizationId, rotatedFrom: id })
    const changes = { name, rotated_from: id, grace_seconds: graceSeconds }
    await recordAudit(tx, actor, {
      action: 'keys.rotated',
      target: { type: 'key', id: issued.id },
      organizationId,
      changes,
    })
    return issued
  })
}

/**
 * A key whose forerunner still works is not rotated again: rotations take no slot of the plan, and
 * would make keys without end.
 */
async function assertNoGrace(tx: App, rotatedFrom: string | null, now: Date): Promise<void> {
  if (rotatedFrom === null) return
  const [forerunner] = await tx.db
    .select({ id: apiKeys.id })
    .from(apiKeys)
    .where(and(eq(apiKeys.id, rotatedFrom), isLive(now)))
  if (!forerunner) return
  throw new AppError(
    'conflict',
    'rotation_in_progress',
    'The key that this one took over from still works. Revoke that one first.',
  )
}
