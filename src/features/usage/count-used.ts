import { and, eq, sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { usagePeriods } from '../keys/schema.ts'

/** Forwarded requests of the period that begins at `start` (epoch milliseconds): of the organization, and of one key. */
export async function countUsed(
  app: App,
  organizationId: string,
  keyId: string,
  period: { start: number },
): Promise<{ organization: number; key: number }> {
  const [row] = await app.db
    .select({
      organization: sql<number>`coalesce(sum(${usagePeriods.forwarded}), 0)`.mapWith(Number),
      key: sql<number>`coalesce(sum(${usagePeriods.forwarded}) filter (where ${usagePeriods.keyId} = ${keyId}), 0)`.mapWith(
        Number,
      ),
    })
    .from(usagePeriods)
    .where(
      and(
        eq(usagePeriods.organizationId, organizationId),
        eq(usagePeriods.periodStart, new Date(period.start)),
      ),
    )
  return row!
}
