import { z } from '@hono/zod-openapi'
import { meterSources } from '../meters/schema.ts'
import { intervals } from './usage-input.ts'

const count = z.number().int()
const moment = z.string().openapi({ example: '2026-11-24T09:00:00.000Z' })

/** Counts of requests, whatever they are grouped by. */
export const Figures = z
  .object({
    requests: count.openapi({ description: 'All calls with a recognised key, refusals included' }),
    forwarded: count.openapi({ description: 'Calls that reached the API: what quotas count' }),
    refused: count,
    interrupted: count,
    errors: count.openapi({ description: '4xx and 5xx, refusals included' }),
    errors_4xx: count,
    errors_5xx: count,
    bytes_in: count,
    bytes_out: count,
    latency_ms: z
      .object({
        p50: z.number().nullable(),
        p95: z.number().nullable(),
        p99: z.number().nullable(),
      })
      .openapi({ description: 'Of forwarded calls, within 5 %; null when there were none' }),
  })
  .openapi('UsageFigures')
export type Figures = z.infer<typeof Figures>

export const SeriesRow = Figures.extend({ start: moment }).openapi('UsageSeriesRow')
export const EndpointRow = Figures.extend({
  method: z.string(),
  path: z.string().nullable().openapi({ description: 'The route’s pattern; null once deleted' }),
  route_id: z.string().nullable().openapi({ description: 'Null where no route took the call' }),
}).openapi('UsageEndpointRow')
export const KeyRow = Figures.extend({
  key_id: z.string(),
  name: z.string().nullable(),
  masked: z.string().nullable(),
}).openapi('UsageKeyRow')
export const OrganizationRow = Figures.extend({
  organization_id: z.string(),
  name: z.string().nullable(),
  owner_email: z.string().nullable(),
  plan: z.string().nullable(),
}).openapi('UsageOrganizationRow')
export type SeriesRow = z.infer<typeof SeriesRow>
export type EndpointRow = z.infer<typeof EndpointRow>
export type KeyRow = z.infer<typeof KeyRow>
export type OrganizationRow = z.infer<typeof OrganizationRow>

export const Period = z.object({ start: moment, end: moment }).openapi('UsagePeriod')
export const RangeJson = z
  .object({ from: moment, to: moment, interval: z.enum(intervals), timezone: z.string() })
  .openapi('UsageRange')

export const Meter = z
  .object({
    key: z.string(),
    name: z.string(),
    kind: z.enum(['counter', 'gauge']),
    unit: z.string(),
    source: z.enum(meterSources).openapi({
      description: 'What feeds it: events, or requests, bytes or credits that the gateway counts',
    }),
    used: z.number().openapi({ description: 'Of a counter the sum, of a gauge the level now' }),
    limit: z.number().nullable(),
    percent: z.number().nullable(),
    max: z.number().optional().openapi({ description: 'Of a gauge, the highest in the period' }),
  })
  .openapi('MeterUsage')
export type Meter = z.infer<typeof Meter>

const meterFigures = {
  used: z
    .number()
    .openapi({ description: 'Of a counter the sum, of a gauge the level at the end' }),
  max: z.number().optional().openapi({ description: 'Of a gauge, the highest' }),
}
export const MeterSeries = Meter.pick({
  key: true,
  name: true,
  kind: true,
  unit: true,
  source: true,
})
  .extend({ ...meterFigures, series: z.array(z.object({ start: moment, ...meterFigures })) })
  .openapi('MeterSeries')
export type MeterSeries = z.infer<typeof MeterSeries>

export const Quota = z
  .object({
    limit: count.nullable(),
    used: count,
    remaining: count.nullable(),
    percent: z.number().nullable(),
    resets_at: moment,
    forecast: z
      .object({
        projected: count.openapi({ description: 'Used at the end of the period, at this pace' }),
        reaches_limit_at: moment.nullable(),
      })
      .nullable()
      .openapi({ description: 'Null until there is a day of traffic to judge by' }),
  })
  .openapi('Quota')
export type Quota = z.infer<typeof Quota>

export const Rate = z
  .object({ limit_per_minute: count.nullable(), current_per_minute: count })
  .openapi('Rate')
export type Rate = z.infer<typeof Rate>

export const Previous = z
  .object({ from: moment, to: moment, totals: Figures })
  .openapi('UsageBefore', { description: 'The period of the same length just before' })
export type Previous = z.infer<typeof Previous>

export const UsageJson = z
  .object({
    period: Period,
    range: RangeJson,
    quota: Quota,
    rate: Rate,
    totals: Figures,
    previous: Previous,
    series: z.array(SeriesRow),
    endpoints: z.array(EndpointRow).openapi({ description: 'The 100 busiest' }),
    keys: z.array(KeyRow).openapi({ description: 'The 100 busiest' }),
    meters: z.array(Meter),
    meter_series: z.array(MeterSeries).openapi({
      description:
        'What the operator’s own meters counted in the range, at whole hours; neither key nor endpoint narrows it',
    }),
  })
  .openapi('Usage')
export type UsageJson = z.infer<typeof UsageJson>

export const UsageStatsJson = z
  .object({
    period: Period,
    meters: z.record(z.string(), Meter.omit({ key: true, name: true, source: true })),
  })
  .openapi('UsageStats')
export type UsageStatsJson = z.infer<typeof UsageStatsJson>

export const KeyStatsJson = z
  .object({
    key_id: z.string(),
    requests_this_month: count,
    last_used_at: moment.nullable(),
    range: RangeJson,
    totals: Figures,
    series: z.array(SeriesRow),
    endpoints: z.array(EndpointRow),
  })
  .openapi('KeyStats')
export type KeyStatsJson = z.infer<typeof KeyStatsJson>

export const AdminUsageJson = z
  .object({
    range: RangeJson,
    totals: Figures,
    previous: Previous,
    series: z.array(SeriesRow),
    endpoints: z.array(EndpointRow),
    organizations: z.array(OrganizationRow).openapi({ description: 'The 100 busiest' }),
  })
  .openapi('AdminUsage')
export type AdminUsageJson = z.infer<typeof AdminUsageJson>

/** A part of a whole from 0 to 1, with four decimals; null of nothing. */
export const toShare = (part: number, whole: number) =>
  whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000
