import type { Command, CommandIo, CommandOptions } from '../../core/cli.ts'
import { fieldsOf } from '../../core/cli-options.ts'
import type { AdminUsageJson, Figures } from './usage-json.ts'

const user = { flag: '--user <user>', summary: 'id or e-mail; everybody when left out' }
const range = [
  { flag: '--from <time>', summary: 'a date, or a time; the start of the billing period' },
  { flag: '--to <time>', summary: 'the first moment that does not count; now' },
]

const ask = (io: CommandIo, path: string, options: CommandOptions) => {
  const query = fieldsOf(options, {
    user: ['user_id'],
    from: ['from'],
    to: ['to'],
    limit: ['limit'],
    status: ['status'],
  })
  return io.request('GET', `${path}?${new URLSearchParams(query as Record<string, string>)}`)
}

const recentColumns: [string, string][] = [
  ['time', 'Time'],
  ['method', 'Method'],
  ['path', 'Path'],
  ['status', 'Status'],
  ['error_code', 'Error'],
  ['latency_ms', 'ms'],
  ['key_prefix', 'Key'],
  ['id', 'Request'],
]

export const usageCommands: Command[] = [
  {
    name: 'usage summary',
    summary: 'requests, errors and latency of a range',
    options: [user, ...range],
    run: async (io, _args, options) => {
      const usage = (await ask(io, '/admin/usage', options)) as AdminUsageJson
      io.record({ from: usage.range.from, to: usage.range.to, ...flat(usage.totals) })
    },
  },
  {
    name: 'usage recent',
    summary: 'the latest requests',
    options: [
      user,
      ...range,
      { flag: '--status <status>', summary: 'such as 429, or 4xx' },
      { flag: '--limit <count>', summary: '1 to 100; 20 when left out' },
    ],
    run: async (io, _args, options) => {
      const { data } = (await ask(io, '/admin/logs', options)) as {
        data: Record<string, unknown>[]
      }
      io.table(data, recentColumns)
    },
  },
]

function flat({ latency_ms, ...counts }: Figures) {
  const { p50, p95, p99 } = latency_ms
  return { ...counts, p50_ms: p50, p95_ms: p95, p99_ms: p99 }
}
