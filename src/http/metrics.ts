import { Counter, collectDefaultMetrics, Registry } from 'prom-client'
import type { UsageRecord } from '../core/usage-record.ts'

export type Metrics = {
  /** Counts requests as their usage is recorded. */
  count: (records: UsageRecord[]) => void
  /** Everything as Prometheus reads it. */
  read: () => Promise<string>
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const requests = new Counter({
    name: 'apigate_requests_total',
    help: 'Requests with a recognised key, by what became of them.',
    labelNames: ['outcome', 'status', 'environment'],
    registers: [registry],
  })
  return {
    count: (records) => {
      for (const { outcome, status, environment } of records)
        requests.inc({ outcome, status, environment })
    },
    read: () => registry.metrics(),
  }
}
