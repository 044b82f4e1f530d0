import { eq, ne, sql } from 'drizzle-orm'
import { type App, inTransaction } from '../../core/app.ts'
import { organizations } from '../accounts/schema.ts'
import { alertPreferences } from '../notifications/schema.ts'
import { getPeriod } from '../plans/plans.ts'
import { plans } from '../plans/schema.ts'
import { getSetting } from '../settings/settings.ts'
import { readOtherMeters } from './meters.ts'
import { tellCrossed } from './quota-warnings.ts'
import { quotaWarnings } from './schema.ts'
import type { Meter } from './usage-json.ts'

/** Tells organizations how far they are with the meters beside requests, each threshold once in a period. */
export async function warnOfMeters(app: App): Promise<void> {
  const usual = await getSetting(app, 'quota_warning_thresholds')
  const limited = await app.db
    .select({ id: organizations.id, plan: plans, thresholds: alertPreferences.thresholds })
    .from(organizations)
    .innerJoin(plans, eq(plans.id, organizations.planId))
    .leftJoin(alertPreferences, eq(alertPreferences.organizationId, organizations.id))
    .where(ne(plans.limits, sql`'{}'::jsonb`))
  for (const { id, plan, thresholds } of limited) {
    for (const meter of await readOtherMeters(app, id, plan))
      await warnOfMeter(app, id, meter, thresholds ?? usual)
  }
}

async function warnOfMeter(
  app: App,
  organizationId: string,
  { key: meter, name, kind, unit, used, limit }: Meter,
  thresholds: number[],
): Promise<void> {
  if (!limit) return
  const { start: periodStart, end } = getPeriod(app.now())
  const crossed = thresholds.filter((threshold) => used * 100 >= limit * threshold)
  if (crossed.length === 0) return
  await inTransaction(app, async (tx) => {
    const added = await tx.db
      .insert(quotaWarnings)
      .values(crossed.map((threshold) => ({ organizationId, meter, periodStart, threshold })))
      .onConflictDoNothing()
      .returning({ threshold: quotaWarnings.threshold })
    for (const { threshold } of added) {
      await tellCrossed(tx, organizationId, {
        ...{ meter, name, kind, unit, threshold, used, limit },
        resets_at: end.toISOString(),
      })
    }
  })
}
