import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../src/core/errors.ts'
import type { UsageBatch, UsageRecord } from '../src/core/usage-record.ts'
import type { Waiter } from '../src/gateway/journal.ts'

/** A journal directory that goes with the test. */
export function makeFolder() {
  const path = fs.mkdtempSync(join(tmpdir(), 'apigate-journal-'))
  return { path, [Symbol.dispose]: () => fs.rmSync(path, { recursive: true, force: true }) }
}

/** A forwarded request. */
export function makeUsageRecord(id: string, rest: Partial<UsageRecord> = {}): UsageRecord {
  return {
    id,
    time: 1_700_000_000_000,
    organizationId: 'org_1',
    userId: 'usr_1',
    keyId: 'key_1',
    keyPrefix: 'ak_live_4fQ2',
    environment: 'live',
    routeId: 'rte_1',
    route: '/v1/*',
    method: 'GET',
    path: '/v1/stations',
    outcome: 'forwarded',
    status: 200,
    errorCode: null,
    latencyMs: 12.345,
    upstreamMs: 11.5,
    bytesIn: 0,
    bytesOut: 512,
    creditCost: 1,
    meters: [],
    clientIp: '203.0.113.9',
    source: 'api',
    decision: null,
    limits: { rateLimit: 500, rateRemaining: 499, quota: null, quotaUsed: 7 },
    ...rest,
  }
}

/** What the database does in answer to one batch; it does nothing odd when no plan is left. */
export type StoreFault = 'away' | 'lost answer' | 'hang before' | 'hang after'

/** Usage in memory under the database's rule: the cursor moves with the records, and only from where it stood. */
export function createUsageStore() {
  const cursors = new Map<string, number>()
  const records: UsageRecord[] = []
  const batches: UsageBatch[] = []
  const faults: (StoreFault | undefined)[] = []
  const store = {
    cursors,
    records,
    batches,
    faults,
    /** Throws for a batch that the database cannot take. */
    check: (_batch: UsageBatch): void => {},
    /** Runs when the database goes silent in the middle of a batch. */
    onHang: (): void => {},
    findCursor: async (segment: string) => cursors.get(segment) ?? 0,
    recordUsage: async (batch: UsageBatch): Promise<void> => {
      const fault = faults.shift()
      if (fault === 'away') throw new Error('the database is away')
      if (fault === 'hang before') return hang()
      if ((cursors.get(batch.segment) ?? 0) !== batch.from) {
        throw new AppError('conflict', 'cursor_moved', 'The cursor stands elsewhere.')
      }
      store.check(batch)
      cursors.set(batch.segment, batch.to)
      records.push(...batch.records)
      batches.push(batch)
      if (fault === 'lost answer') throw new Error('the connection broke')
      if (fault === 'hang after') return hang()
    },
  }
  function hang(): Promise<void> {
    store.onHang()
    return new Promise(() => {})
  }
  return store
}

/** Who waits for an opening line, as two functions. */
export function makeWaiter(
  onWritten: () => void = () => {},
  onNotWritten: (error: Error) => void = () => {},
): Waiter {
  return { onWritten, onNotWritten }
}
