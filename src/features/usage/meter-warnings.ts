import { sql } from 'drizzle-orm'
import { type App, inTransaction } from '../../core/app.ts'
import { usedOf } from '../meters/levels.ts'
import { meters } from '../meters/schema.ts'
import type { NoticeData } from '../notices/notice-types.ts'
import { getPeriod } from '../plans/plans.ts'
import { getSetting } from '../settings/settings.ts'
import { tellCrossed } from './quota-warnings.ts'
import { coverPeriod } from './ranges.ts'
import { rollupsOf } from './rollups-of.ts'
import { quotaWarnings } from './schema.ts'

type Crossed = Omit<NoticeData['quota.warning'], 'resets_at'> & { organization_id: string }

/** Tells organizations how far they are with the meters beside requests, each threshold once in a period. */
export async function warnOfMeters(app: App): Promise<void> {
  const { start, end } = getPeriod(app.now())
  for (const { organization_id: organizationId, ...data } of await listCrossed(app)) {
    const { meter, threshold } = data
    await inTransaction(app, async (tx) => {
      const added = await tx.db
        .insert(quotaWarnings)
        .values({ organizationId, meter, periodStart: start, threshold })
        .onConflictDoNothing()
        .returning({ threshold: quotaWarnings.threshold })
      if (added.length === 0) return
      await tellCrossed(tx, organizationId, { ...data, resets_at: end.toISOString() })
    })
  }
}

/** The thresholds that were reached and not told yet, of all organizations in one statement. */
async function listCrossed(app: App): Promise<Crossed[]> {
  const period = getPeriod(app.now())
  const usual = JSON.stringify(await getSetting(app, 'quota_warning_thresholds'))
  const pieces = coverPeriod(period, app.now())
  const { rows } = await app.db.execute<Crossed>(sql`
    with limited as (
      select o.id as organization_id, l.key as meter, l.value::numeric as "limit",
        coalesce(a.thresholds, array(
          select jsonb_array_elements_text(${usual}::jsonb)::integer)) as thresholds
      from organizations o
      join plans p on p.id = o.plan_id
      cross join lateral jsonb_each_text(p.limits) as l
      left join alert_preferences a on a.organization_id = o.id
      where l.value::numeric > 0
    ), levels as (
      select limited.*, ${meters.name}, ${meters.kind}, ${meters.unit},
        ${usedOf(sql`limited.organization_id`, period)} as used
      from limited join ${meters} on ${meters.key} = limited.meter and ${meters.archivedAt} is null
      union all
      select limited.*, 'Data transfer', 'counter', 'bytes', bytes.used
      from limited join (
        select organization_id, sum(bytes_in + bytes_out) as used
        from ${rollupsOf({}, pieces, 'organizations')} group by 1) as bytes using (organization_id)
      where limited.meter = 'data_transfer'
    )
    select organization_id, meter, name, kind, unit, threshold,
      used::float8 as used, "limit"::float8 as "limit"
    from levels cross join unnest(thresholds) as threshold
    where used * 100 >= "limit" * threshold and not exists (
      select from quota_warnings told
      where told.organization_id = levels.organization_id and told.meter = levels.meter
        and told.period_start = ${period.start} and told.threshold = threshold.threshold)
    order by organization_id, meter, threshold`)
  return rows
}
