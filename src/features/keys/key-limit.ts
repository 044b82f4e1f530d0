import { and, eq, gt, isNull, or } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { getPlanOf } from '../accounts/organizations.ts'
import { apiKeys } from './schema.ts'

/** Neither revoked nor expired at `now`. */
export function isLive(now: Date) {
  return and(
    or(isNull(apiKeys.revokedAt), gt(apiKeys.revokedAt, now)),
    or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, now)),
  )
}

/**
 * Two tabs must not both take the last slot: the organization's row is locked while we count.
 * @throws AppError `no_active_plan`, `key_limit_reached`.
 */
export async function assertRoom(tx: App, organizationId: string): Promise<void> {
  const plan = await getPlanOf(tx, organizationId, { lock: true })
  if (!plan)
    throw new AppError('forbidden', 'no_active_plan', 'Choose a plan before you create a key.')
  if (plan.maxApiKeys === null) return
  const live = await tx.db.$count(
    apiKeys,
    and(eq(apiKeys.organizationId, organizationId), isLive(tx.now()), isNull(apiKeys.revokedAt)),
  )
  if (live < plan.maxApiKeys) return
  throw new AppError(
    'limit_reached',
    'key_limit_reached',
    plan.maxApiKeys === 1
      ? 'Your plan allows one key. Revoke it, or change the plan.'
      : 'Your plan allows {{max}} keys. Revoke one, or change the plan.',
    { params: { max: plan.maxApiKeys } },
  )
}
