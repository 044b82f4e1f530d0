import { and, eq, sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { usagePeriods } from '../keys/schema.ts'

/** Forwarded requests of the period that begins at `start` (epoch milliseconds): of one key, or of the organization. */
export async function countUsed(
  app: App,
  organizationId: string,
  keyId: string | null,
  period: { start: number },
): Promise<number> {
  const [row] = await app.db
    .select({ used: sql`coalesce(sum(${usagePeriods.forwarded}), 0)`.mapWith(Number) })
    .from(usagePeriods)
    .where(
      and(
        eq(usagePeriods.organizationId, organizationId),
        eq(usagePeriods.periodStart, new Date(period.start)),
        keyId === null ? undefined : eq(usagePeriods.keyId, keyId),
      ),
    )
  return row!.used
}
