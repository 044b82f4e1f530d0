import { and, eq, sql } from 'drizzle-orm'
import { type Actor, requireAdmin } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { organizations, users } from '../accounts/schema.ts'
import { getPeriod } from '../plans/plans.ts'
import { plans } from '../plans/schema.ts'
import { percentOf } from './levels.ts'
import type { Meter } from './meters.ts'
import { meterRollups } from './schema.ts'

export type MeterUser = {
  organizationId: string
  name: string
  ownerId: string
  ownerEmail: string
  used: number
  limit: number | null
  percent: number | null
}

const topRows = 20

/** The organizations that use most of a meter in this billing period, against the limits of their plans. */
export async function listTopUsers(app: App, actor: Actor, meter: Meter): Promise<MeterUser[]> {
  requireAdmin(actor)
  if (!meter.id) return []
  const { start } = getPeriod(app.now())
  const isCounted = and(eq(meterRollups.meterId, meter.id), eq(meterRollups.unit, 'day'))
  // A gauge keeps its level over the end of a period; a counter begins anew.
  const used =
    meter.kind === 'counter'
      ? sql`select organization_id, sum(total) as used from ${meterRollups}
          where ${isCounted} and start >= ${start} group by 1`
      : sql`select distinct on (organization_id) organization_id, last as used from ${meterRollups}
          where ${isCounted} and last is not null order by organization_id, start desc`
  const { rows } = await app.db.execute<
    Omit<MeterUser, 'used' | 'limit' | 'percent'> & { used: string; limit: number | null }
  >(sql`
    select o.id as "organizationId", o.name, u.id as "ownerId", u.email as "ownerEmail",
      t.used::text as used, (p.limits -> ${meter.key})::float8 as limit
    from (${used}) as t
    join ${organizations} o on o.id = t.organization_id
    join ${users} u on u.id = o.owner_id
    left join ${plans} p on p.id = o.plan_id
    order by t.used desc, o.id limit ${topRows}`)
  return rows.map((row) => {
    const amount = Number(row.used)
    return { ...row, used: amount, percent: percentOf(amount, row.limit) }
  })
}
