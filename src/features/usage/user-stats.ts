import { z } from '@hono/zod-openapi'
import { and, eq, max } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { getPlanOf } from '../accounts/organizations.ts'
import { getUser } from '../accounts/users.ts'
import { isLive } from '../keys/key-limit.ts'
import { apiKeys, keyActivity } from '../keys/schema.ts'
import { getQuota } from './quota.ts'

export const UserStatsJson = z
  .object({
    requests_this_month: z.number().int().openapi({ description: 'Forwarded, as quotas count' }),
    quota_percent: z.number().nullable().openapi({ description: 'Null without a quota' }),
    api_keys: z.number().int().openapi({ description: 'That can be used' }),
    last_active_at: z
      .string()
      .nullable()
      .openapi({ description: 'The last request or sign-in, whichever is later' }),
  })
  .openapi('UserStats')
export type UserStatsJson = z.infer<typeof UserStatsJson>

/** What a user's own organization does, for the operator. */
export async function getUserStats(
  app: App,
  actor: Actor,
  idOrEmail: string,
): Promise<UserStatsJson> {
  const { organizationId, lastLoginAt } = await getUser(app, actor, idOrEmail)
  const signedInAt = lastLoginAt?.toISOString() ?? null
  if (!organizationId) {
    return {
      ...{ requests_this_month: 0, quota_percent: null, api_keys: 0 },
      last_active_at: signedInAt,
    }
  }
  const isTheirs = eq(apiKeys.organizationId, organizationId)
  const plan = await getPlanOf(app, organizationId)
  const { used, percent } = await getQuota(app, organizationId, plan)
  const [activity] = await app.db
    .select({ lastUsedAt: max(keyActivity.lastUsedAt) })
    .from(keyActivity)
    .innerJoin(apiKeys, eq(apiKeys.id, keyActivity.keyId))
    .where(isTheirs)
  const times = [activity?.lastUsedAt?.toISOString(), signedInAt].filter((time) => !!time)
  return {
    requests_this_month: used,
    quota_percent: percent,
    api_keys: await app.db.$count(apiKeys, and(isTheirs, isLive(app.now()))),
    last_active_at: times.sort().at(-1) ?? null,
  }
}
