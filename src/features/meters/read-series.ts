import { asc, isNull, type SQL, sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { type MeterRow, meterRollups, meters } from './schema.ts'

/** Half-open, in epoch milliseconds, at whole hours. */
type Span = { from: number; to: number }

/** What a meter says of one span: a counter's sum; a gauge's level at its end, and the highest in it. */
export type MeterFigures = { events: number; used: string; max: string | null }

export type MeterSeries = { meter: MeterRow; total: MeterFigures; series: MeterFigures[] }

type Row = {
  meter_id: string
  /** Null for all buckets together. */
  bucket: number | null
  events: number
  total: string | null
  last: string | null
  highest: string | null
}

/**
 * What each of the operator's meters counted in each bucket, and in all together, with exact decimals. Buckets
 * follow each other without gaps; `pieces` are the hours and days that make them up. Archived meters
 * are left out.
 */
export async function readMeterSeries(
  app: App,
  organizationId: string,
  buckets: Span[],
  pieces: (Span & { unit: string })[],
): Promise<MeterSeries[]> {
  const rows = await app.db
    .select({ meter: meters, before: levelBefore(organizationId, buckets[0]!.from) })
    .from(meters)
    .where(isNull(meters.archivedAt))
    .orderBy(asc(meters.createdAt), asc(meters.key))
  if (rows.length === 0) return []
  const sums = await readSums(app, organizationId, buckets, pieces)
  const byBucket = new Map(sums.map((row) => [`${row.meter_id} ${row.bucket}`, row]))
  return rows.map(({ meter, before }) => {
    const sumOf = (bucket: number | null) => byBucket.get(`${meter.id} ${bucket}`)
    let level = before
    const series = buckets.map((_, i) => {
      const figures = toFigures(meter, level, sumOf(i))
      level = meter.kind === 'gauge' ? figures.used : null
      return figures
    })
    return { meter, series, total: toFigures(meter, before, sumOf(null)) }
  })
}

/** A gauge that is not set anew keeps its level, also as the highest. */
function toFigures({ kind }: MeterRow, level: string | null, row?: Row): MeterFigures {
  const events = row?.events ?? 0
  if (kind === 'counter') return { events, used: row?.total ?? '0', max: null }
  const used = row?.last ?? level ?? '0'
  const levels = [level, row?.highest ?? null].filter((value) => value !== null)
  return { events, used, max: levels.sort((a, b) => Number(b) - Number(a))[0] ?? '0' }
}

async function readSums(
  app: App,
  organizationId: string,
  buckets: Span[],
  pieces: (Span & { unit: string })[],
): Promise<Row[]> {
  const bounds = `{${buckets.map(({ from }) => new Date(from).toISOString()).join(',')}}`
  const inPieces = pieces.map(
    ({ unit, from, to }): SQL =>
      sql`(unit = ${unit} and start >= ${new Date(from)} and start < ${new Date(to)})`,
  )
  const { rows } = await app.db.execute<Row>(sql`
    select meter_id, bucket, sum(events)::bigint as events, sum(total)::text as total,
      (array_agg(last order by last_at desc, last_seq desc) filter (where last is not null))[1]::text
        as last,
      max(highest)::text as highest
    from (
      select *, width_bucket(start, ${bounds}::timestamptz[]) - 1 as bucket from ${meterRollups}
      where organization_id = ${organizationId} and (${sql.join(inPieces, sql` or `)})) as r
    group by grouping sets ((meter_id, bucket), (meter_id))`)
  return rows
}

/** The level that a gauge had at a moment. */
const levelBefore = (organizationId: string, moment: number) => sql<string | null>`(
  select r.last::text from ${meterRollups} r
  where r.organization_id = ${organizationId} and r.meter_id = ${meters.id} and r.unit = 'hour'
    and r.start < ${new Date(moment)} and r.last is not null
  order by r.start desc limit 1)`
