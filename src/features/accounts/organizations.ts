import { eq, sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { notFound } from '../../core/errors.ts'
import { type Plan, plans } from '../plans/schema.ts'
import { organizations } from './schema.ts'

/**
 * The plan of an organization, or null when it has none. With `lock`, the organization's row is
 * held until the transaction ends, so that two requests cannot both take the last of something.
 */
export async function getPlanOf(
  app: App,
  organizationId: string,
  { lock = false } = {},
): Promise<Plan | null> {
  if (lock)
    await app.db.execute(
      sql`select 1 from ${organizations} where id = ${organizationId} for update`,
    )
  const [row] = await app.db
    .select({ plan: plans })
    .from(organizations)
    .leftJoin(plans, eq(plans.id, organizations.planId))
    .where(eq(organizations.id, organizationId))
  if (!row) throw notFound('organization')
  return row.plan
}

/** Tells the gateway that something about a user, whose organizations' keys they answer for, has changed. */
export async function signalOwner(tx: App, userId: string): Promise<void> {
  const owned = await tx.db
    .select({ id: organizations.id })
    .from(organizations)
    .where(eq(organizations.ownerId, userId))
  if (owned.length > 0)
    await tx.signals.send({ topic: 'organizations', ids: owned.map(({ id }) => id) })
}
