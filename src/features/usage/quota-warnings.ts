import { sql } from 'drizzle-orm'
import { type App, inTransaction } from '../../core/app.ts'
import type { NoticeData } from '../notices/notice-types.ts'
import { tell } from '../notices/notices.ts'
import { getPeriod } from '../plans/plans.ts'
import { getSetting } from '../settings/settings.ts'

type Crossed = { organization_id: string; threshold: number; used: number; limit: number }

/**
 * Tells organizations that they have used so much of their quota, in the transaction that counts the
 * use. A row for each organization, period and threshold makes it once, whoever counts meanwhile.
 * Without `organizationIds` it looks at all of them.
 */
export async function warnOfQuotas(tx: App, organizationIds?: string[]): Promise<void> {
  const { start, end } = getPeriod(tx.now())
  const usual = JSON.stringify(await getSetting(tx, 'quota_warning_thresholds'))
  const isTheirs = organizationIds
    ? sql`organization_id in (select jsonb_array_elements_text(${JSON.stringify(organizationIds)}::jsonb))`
    : sql`true`
  const { rows } = await tx.db.execute<Crossed>(sql`
    with counted as (
      select organization_id, sum(forwarded)::bigint as used from usage_periods
      where period_start = ${start.toISOString()} and ${isTheirs} group by organization_id
    ), crossed as (
      select counted.organization_id, threshold, used, plans.requests_per_month as "limit"
      from counted
      join organizations on organizations.id = counted.organization_id
      join plans on plans.id = organizations.plan_id and plans.requests_per_month > 0
      left join alert_preferences on alert_preferences.organization_id = organizations.id
      cross join unnest(coalesce(alert_preferences.thresholds,
        array(select jsonb_array_elements_text(${usual}::jsonb)::integer))) as threshold
      where used * 100 >= plans.requests_per_month * threshold
    ), told as (
      insert into quota_warnings (organization_id, meter, period_start, threshold)
      select organization_id, ${meter}, ${start.toISOString()}, threshold from crossed
      order by organization_id, threshold
      on conflict do nothing returning organization_id, threshold
    )
    select crossed.* from crossed join told using (organization_id, threshold)
    order by organization_id, threshold`)
  for (const { organization_id: organizationId, threshold, used, limit } of rows) {
    await tellCrossed(tx, organizationId, {
      ...{ meter, name: 'API requests', kind: 'counter', unit: 'requests' },
      ...{ threshold, used, limit, resets_at: end.toISOString() },
    })
  }
}
const meter = 'api_requests'

export async function tellCrossed(
  tx: App,
  organizationId: string,
  data: NoticeData['quota.warning'],
): Promise<void> {
  const type = data.threshold < 100 ? 'quota.warning' : 'quota.exhausted'
  await tell(tx, { type, organizationId, data })
}

/** What no request brings about: a smaller plan, other thresholds, two servers that counted at once. */
export function warnOfAllQuotas(app: App): Promise<void> {
  return inTransaction(app, (tx) => warnOfQuotas(tx))
}
