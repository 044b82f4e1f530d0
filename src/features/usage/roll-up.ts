import type { UsageRecord } from '../../core/usage-record.ts'
import { type Counted, counted, noCounts } from './counts.ts'
import { addToBins, type Bins, writeBins } from './histogram.ts'

/** A row of a rollup table, as PostgreSQL reads it from JSON. */
export type RollupRow = Counted & {
  start: string
  organization_id: string
  key_id: string
  route_id: string
  method: string
  latency_bins: string
}

/** Sums in the making: as a row, with its start in epoch milliseconds. */
export type Sum = Omit<RollupRow, 'start' | 'latency_bins'> & {
  start: number
  latency_bins: Bins
}

/** Sums records by organization, minute, key, route and method. */
export function sumMinutes(records: UsageRecord[]): Sum[] {
  const sums = new Map<string, Sum>()
  for (const record of records) {
    const start = floor(record.time, minuteMs)
    const routeId = record.routeId ?? ''
    const id = `${record.organizationId}\t${start}\t${record.keyId}\t${routeId}\t${record.method}`
    let sum = sums.get(id)
    if (!sum) {
      sum = emptySum(start, record.organizationId, record.keyId, routeId, record.method)
      sums.set(id, sum)
    }
    add(sum, record)
  }
  return [...sums.values()]
}

/** The rows of minutes, hours or days that sums of shorter times add up to, in the order in which rows are locked. */
export function rollUp(sums: Sum[], unitMs: number): RollupRow[] {
  const rows = new Map<string, Sum>()
  for (const sum of sums) {
    const start = floor(sum.start, unitMs)
    const { organization_id, key_id, route_id, method } = sum
    const id = `${organization_id}\t${start}\t${key_id}\t${route_id}\t${method}`
    const row = rows.get(id) ?? emptySum(start, organization_id, key_id, route_id, method)
    rows.set(id, row)
    merge(row, sum)
  }
  return inOrder(rows).map((row) => ({
    ...row,
    start: new Date(row.start).toISOString(),
    latency_bins: writeBins(row.latency_bins),
  }))
}

const minuteMs = 60_000
const floor = (time: number, unitMs: number) => Math.floor(time / unitMs) * unitMs

function emptySum(
  start: number,
  organization_id: string,
  key_id: string,
  route_id: string,
  method: string,
): Sum {
  return {
    ...{ start, organization_id, key_id, route_id, method },
    ...noCounts,
    latency_bins: [],
  }
}

function merge(row: Sum, sum: Sum): void {
  for (const name of counted) row[name] += sum[name]
  for (const [bin, count] of sum.latency_bins.entries())
    row.latency_bins[bin] = (row.latency_bins[bin] ?? 0) + count
}

function add(row: Sum, record: UsageRecord): void {
  row.requests += 1
  row[record.outcome] += 1
  if (record.status >= 500) row.errors_5xx += 1
  else if (record.status >= 400) row.errors_4xx += 1
  row.bytes_in += record.bytesIn
  row.bytes_out += record.bytesOut
  if (record.outcome === 'forwarded') addToBins(row.latency_bins, record.latencyMs)
}

export type PeriodRow = {
  organization_id: string
  key_id: string
  period_start: string
  forwarded: number
  credits: number
}

/** Forwarded requests by organization, billing period and key. */
export function sumPeriods(
  records: UsageRecord[],
  periodOf: (time: Date) => { start: Date; end: Date },
): PeriodRow[] {
  const rows = new Map<string, PeriodRow>()
  let [start, end, period_start] = [0, 0, '']
  for (const record of records) {
    if (record.outcome !== 'forwarded') continue
    if (record.time < start || record.time >= end) {
      const period = periodOf(new Date(record.time))
      start = period.start.getTime()
      end = period.end.getTime()
      period_start = period.start.toISOString()
    }
    const id = `${record.organizationId}\t${period_start}\t${record.keyId}`
    let row = rows.get(id)
    if (!row) {
      const { organizationId: organization_id, keyId: key_id } = record
      row = { organization_id, key_id, period_start, forwarded: 0, credits: 0 }
      rows.set(id, row)
    }
    row.forwarded += 1
    row.credits += record.creditCost
  }
  return inOrder(rows)
}

/** Two writers that lock rows in one order cannot wait for each other. */
function inOrder<Row>(rows: Map<string, Row>): Row[] {
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}
