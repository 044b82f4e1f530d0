import { type Actor, requireOrganization } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { readBuckets } from './meter-series.ts'
import { toTimes } from './usage.ts'
import type { MeterQuery } from './usage-input.ts'

export const meterColumns = ['start', 'meter', 'name', 'kind', 'unit', 'events', 'used', 'max']

/** What the operator's meters counted, one row for each interval and meter, with exact decimals. */
export async function* exportMeters(app: App, actor: Actor, query: MeterQuery, zone: string) {
  const organizationId = requireOrganization(actor, 'usage:read')
  const { buckets } = toTimes(app, query, zone)
  const { hours, rows } = await readBuckets(app, organizationId, buckets)
  for (const { meter, series } of rows) {
    const { key, name, kind, unit } = meter
    yield series.map((figures, i) => ({
      ...{ start: new Date(hours[i]!.start).toISOString(), meter: key, name, kind, unit },
      ...figures,
    }))
  }
}
