import { sql } from 'drizzle-orm'
import { percentile, sumBins } from './histogram.ts'
import type { Figures } from './usage-json.ts'

/** What is counted of requests: the columns of rollups and totals, and the fields of the APIs. */
export const counted = [
  ...(['requests', 'forwarded', 'refused', 'interrupted'] as const),
  ...(['errors_4xx', 'errors_5xx', 'bytes_in', 'bytes_out'] as const),
]
export type Counted = Record<(typeof counted)[number], number>

export const noCounts: Readonly<Counted> = {
  ...{ requests: 0, forwarded: 0, refused: 0, interrupted: 0, errors_4xx: 0, errors_5xx: 0 },
  ...{ bytes_in: 0, bytes_out: 0 },
}

/** `bins` are histograms one behind the other: PostgreSQL writes them faster than it adds them up. */
export type Counts = Counted & { bins: string | null }

/** SQL: what rows of rollups or totals add up to, as `Counts`. */
export const sums = sql.join(
  [
    ...counted.map((name) => sql.raw(`coalesce(sum(${name}), 0)::bigint as ${name}`)),
    sql`string_agg(latency_bins::text, '') as bins`,
  ],
  sql`, `,
)

/** SQL: adds the counts of a row that is there (`t`) and of one that comes. */
export const addCounts = sql.raw(
  [
    ...counted.map((name) => `${name} = t.${name} + excluded.${name}`),
    'latency_bins = add_bins(t.latency_bins, excluded.latency_bins)',
  ].join(', '),
)

export function addUp(rows: Counts[]): Counts {
  const total = { ...noCounts, bins: '' }
  for (const row of rows) {
    for (const name of counted) total[name] += row[name]
    total.bins += row.bins ?? ''
  }
  return total
}

/** Counts as the APIs tell them, errors together and latency in percentiles. */
export function toFigures(counts: Counts = { ...noCounts, bins: '' }): Figures {
  const bins = sumBins(counts.bins ?? '')
  const figures = Object.fromEntries(counted.map((name) => [name, counts[name]])) as Counted
  return {
    ...figures,
    errors: counts.errors_4xx + counts.errors_5xx,
    latency_ms: {
      p50: percentile(bins, 0.5),
      p95: percentile(bins, 0.95),
      p99: percentile(bins, 0.99),
    },
  }
}
