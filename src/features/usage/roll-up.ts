import type { UsageRecord } from '../../core/usage-record.ts'
import { addToBins, type Bins } from './histogram.ts'

/** A row of a rollup table, as PostgreSQL reads it from JSON. */
export type RollupRow = {
  start: string
  organization_id: string
  key_id: string
  route_id: string
  method: string
  requests: number
  forwarded: number
  refused: number
  interrupted: number
  errors_4xx: number
  errors_5xx: number
  bytes_in: number
  bytes_out: number
  latency_bins: Bins
}

/** Sums records by organization, time unit, key, route and method, in the order in which rows are locked. */
export function rollUp(records: UsageRecord[], unitMs: number): RollupRow[] {
  const rows = new Map<string, RollupRow>()
  for (const record of records) {
    const start = new Date(Math.floor(record.time / unitMs) * unitMs).toISOString()
    const routeId = record.routeId ?? ''
    const id = [record.organizationId, start, record.keyId, routeId, record.method].join('\t')
    const row = rows.get(id) ?? emptyRow(record, start, routeId)
    rows.set(id, row)
    add(row, record)
  }
  return inOrder(rows)
}

function emptyRow(record: UsageRecord, start: string, routeId: string): RollupRow {
  return {
    start,
    organization_id: record.organizationId,
    key_id: record.keyId,
    route_id: routeId,
    method: record.method,
    ...{ requests: 0, forwarded: 0, refused: 0, interrupted: 0, errors_4xx: 0, errors_5xx: 0 },
    ...{ bytes_in: 0, bytes_out: 0, latency_bins: [] },
  }
}

function add(row: RollupRow, record: UsageRecord): void {
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
  periodStartOf: (time: number) => Date,
): PeriodRow[] {
  const rows = new Map<string, PeriodRow>()
  for (const record of records) {
    if (record.outcome !== 'forwarded') continue
    const period_start = periodStartOf(record.time).toISOString()
    const id = [record.organizationId, period_start, record.keyId].join('\t')
    const { organizationId: organization_id, keyId: key_id } = record
    const row = rows.get(id) ?? { organization_id, key_id, period_start, forwarded: 0, credits: 0 }
    rows.set(id, row)
    row.forwarded += 1
    row.credits += record.creditCost
  }
  return inOrder(rows)
}

/** Two writers that lock rows in one order cannot wait for each other. */
function inOrder<Row>(rows: Map<string, Row>): Row[] {
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}
