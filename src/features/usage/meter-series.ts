import type { App } from '../../core/app.ts'
import { readMeterSeries } from '../meters/read-series.ts'
import { type Bucket, coverRanges } from './ranges.ts'
import type { MeterSeries } from './usage-json.ts'

const hourMs = 3_600_000

/** Buckets at whole hours, which is how finely events are kept: the ends are moved outwards. */
function atHours(buckets: Bucket[]): Bucket[] {
  const floor = (time: number) => Math.floor(time / hourMs) * hourMs
  return buckets.map(({ start, from, to }, i) => ({
    ...{ start, from: floor(from) },
    to: i === buckets.length - 1 ? Math.ceil(to / hourMs) * hourMs : floor(to),
  }))
}

/** Each meter in each bucket, with exact decimals, and the buckets as they were read. */
export async function readBuckets(app: App, organizationId: string, buckets: Bucket[]) {
  const hours = atHours(buckets)
  const pieces = coverRanges(hours, app.now().getTime(), 'day')
  return { hours, rows: await readMeterSeries(app, organizationId, hours, pieces) }
}

/** What the operator's meters counted in the buckets of a range, meter by meter. */
export async function getMeterSeries(
  app: App,
  organizationId: string,
  buckets: Bucket[],
): Promise<MeterSeries[]> {
  const { hours, rows } = await readBuckets(app, organizationId, buckets)
  return rows.map(({ meter: { key, name, kind, unit, source }, total, series }) => ({
    ...{ key, name, kind, unit, source, ...toJson(total) },
    series: series.map((figures, i) => ({
      start: new Date(hours[i]!.start).toISOString(),
      ...toJson(figures),
    })),
  }))
}

type Figures = { used: string; max: string | null }
const toJson = ({ used, max }: Figures) => ({
  used: Number(used),
  ...(max !== null && { max: Number(max) }),
})
