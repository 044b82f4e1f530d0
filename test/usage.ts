import type { App } from '../src/core/app.ts'
import { newId } from '../src/core/ids.ts'
import type { UsageRecord } from '../src/core/usage-record.ts'
import { recordUsage } from '../src/features/usage/record-usage.ts'

type Owner = { organizationId: string; userId: string }

/** A request as the gateway would have recorded it, at a time of its own. */
export function aRecord(
  owner: Owner,
  time: string | number,
  rest: Partial<UsageRecord> = {},
): UsageRecord {
  const at = typeof time === 'number' ? time : Date.parse(time)
  return {
    ...{ id: newId('req', at), time: at, keyId: 'key_1', keyPrefix: 'ak_live_abcd' },
    ...{ organizationId: owner.organizationId, userId: owner.userId, environment: 'live' },
    ...{ routeId: 'rte_1', route: '/v1/*', method: 'GET', path: '/v1/stations' },
    ...{ outcome: 'forwarded', status: 200, errorCode: null, latencyMs: 10, upstreamMs: 9 },
    ...{ bytesIn: 0, bytesOut: 100, creditCost: 1, clientIp: '203.0.113.9', source: 'api' },
    ...{ meters: [], decision: null, limits: null },
    ...rest,
  }
}

/** Records requests the way that the ingest does. */
export async function recordAll(app: App, records: UsageRecord[]): Promise<void> {
  const segment = newId('evt')
  await recordUsage(app, { segment, from: 0, to: Math.max(1, records.length), records })
}
