import { eq, sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { metadataHeaders } from '../accounts/metadata.ts'
import { organizations, users } from '../accounts/schema.ts'
import { plans } from '../plans/schema.ts'
import { apiKeys } from './schema.ts'

/** All that decides over a key's requests, read in one query. The owner's state comes with it: safety waits for no event. */
export async function findGrant(app: App, digest: string) {
  const [row] = await app.db
    .select({ key: apiKeys, owner: users, plan: plans })
    .from(apiKeys)
    .innerJoin(organizations, eq(organizations.id, apiKeys.organizationId))
    .innerJoin(users, eq(users.id, organizations.ownerId))
    .leftJoin(plans, eq(plans.id, organizations.planId))
    .where(eq(apiKeys.digest, digest))
  if (!row) return undefined
  const { key, owner, plan } = row
  return {
    keyId: key.id,
    keyPrefix: key.prefix,
    environment: key.environment,
    organizationId: key.organizationId,
    userId: owner.id,
    planId: plan?.id ?? null,
    expiresAt: key.expiresAt?.getTime() ?? null,
    revokedAt: key.revokedAt?.getTime() ?? null,
    ownerStatus: owner.status,
    scopes: key.scopes,
    ipAllowlist: key.ipAllowlist,
    keyRateLimit: key.rateLimitPerMinute,
    planRateLimit: plan?.rateLimitPerMinute ?? null,
    planRateBurst: plan?.rateLimitBurst ?? 0,
    keyMonthlyLimit: key.monthlyLimit,
    quota: plan?.requestsPerMonth ?? null,
    quotaEnforcement: plan?.quotaEnforcement ?? 'hard',
    headers: [
      ...['X-User-ID', owner.id, 'X-Org-ID', key.organizationId, 'X-Plan-ID', plan?.id ?? ''],
      ...['X-Key-ID', key.id, 'X-Key-Environment', key.environment],
      ...metadataHeaders(owner.metadata),
    ],
  }
}

/** True when keys of another system were taken over, whose form we do not know. */
export async function hasImportedKeys(app: App): Promise<boolean> {
  const { rows } = await app.db.execute(
    sql`select exists (select 1 from ${apiKeys} where ${apiKeys.isImported}) as found`,
  )
  return rows[0]!.found === true
}
