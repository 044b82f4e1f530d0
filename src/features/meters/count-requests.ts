import { sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import type { UsageRecord } from '../../core/usage-record.ts'
import { meterRollups, meters } from './schema.ts'

type Sum = {
  organization_id: string
  key: string
  start: string
  requests: number
  bytes: number
  credits: number
}

/**
 * Adds forwarded requests to the meters that they name, in the hour and day of their arrival. It
 * counts what it is given: that a request counts once is up to the caller, in its transaction. Rows
 * are locked in the order that events have, too.
 */
export async function countRequests(tx: App, forwarded: UsageRecord[]): Promise<void> {
  const sums = sumHours(forwarded)
  if (sums.length === 0) return
  await tx.db.execute(sql`
    insert into ${meterRollups} as r (organization_id, meter_id, unit, start, events, total)
    select g.organization_id, m.id, span, date_trunc(span, g.start, 'UTC'), sum(g.requests),
      sum(case m.source when 'requests' then requests when 'bytes' then bytes else credits end)
    from json_to_recordset(${JSON.stringify(sums)}::json) as g(
        organization_id text, key text, start timestamptz,
        requests bigint, bytes bigint, credits bigint)
      join ${meters} m on m.key = g.key and m.source <> 'events',
      (values ('day'), ('hour')) as spans(span)
    group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (organization_id, meter_id, unit, start) do update set
      events = r.events + excluded.events, total = r.total + excluded.total`)
}

const hourMs = 3_600_000

function sumHours(records: UsageRecord[]): Sum[] {
  const sums = new Map<string, Sum>()
  for (const record of records) {
    for (const key of record.meters) {
      const hour = Math.floor(record.time / hourMs)
      const id = `${record.organizationId}\t${hour}\t${key}`
      const sum = sums.get(id) ?? emptySum(record.organizationId, key, hour)
      sums.set(id, sum)
      sum.requests += 1
      sum.bytes += record.bytesIn + record.bytesOut
      sum.credits += record.creditCost
    }
  }
  return [...sums.values()]
}

function emptySum(organization_id: string, key: string, hour: number): Sum {
  const start = new Date(hour * hourMs).toISOString()
  return { organization_id, key, start, requests: 0, bytes: 0, credits: 0 }
}
