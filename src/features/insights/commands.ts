import { type Command, usageError } from '../../core/cli.ts'
import { fieldsOf } from '../../core/cli-options.ts'
import { AppError } from '../../core/errors.ts'
import type { PortalAnalytics } from './analytics-portal.ts'
import { parseFilter } from './filter.ts'
import { userFieldNames, userFields } from './user-fields.ts'

type Row = Record<string, unknown>

const columns: [string, string][] = [
  ['email', 'E-mail'],
  ['plan', 'Plan'],
  ['status', 'Status'],
  ['requests', 'Requests'],
  ['quota_percent', 'Quota %'],
  ['errors', 'Errors'],
  ['error_rate', 'Error rate'],
  ['keys', 'Keys'],
  ['inactive_days', 'Inactive days'],
]

export const insightsCommands: Command[] = [
  {
    name: 'analytics users',
    summary: 'customers by what they did in this billing period',
    options: [
      { flag: '--sort <field>', summary: 'highest first; requests when left out' },
      { flag: '--order <order>', summary: 'asc or desc' },
      { flag: '--limit <count>', summary: '1 to 100; 20 when left out' },
      {
        flag: '--filter <expression>',
        summary: `such as 'quota_percent > 80 and plan == "free"': == != < <= > >=, and, or, not, parentheses over ${userFieldNames.join(', ')}`,
      },
      { flag: '--cursor <cursor>', summary: 'where the page before ended' },
    ],
    run: async (io, _args, options) => {
      if (typeof options.filter === 'string') checkFilter(options.filter)
      const query = fieldsOf(options, {
        sort: ['sort'],
        order: ['order'],
        limit: ['limit'],
        filter: ['filter'],
        cursor: ['cursor'],
      })
      const path = `/admin/analytics/users?${new URLSearchParams(query as Record<string, string>)}`
      const { data, next_cursor } = (await io.request('GET', path)) as {
        data: Row[]
        next_cursor: string | null
      }
      io.table(data, columns)
      if (next_cursor) io.say(`More with --cursor ${next_cursor}`)
    },
  },
  {
    name: 'analytics portal',
    summary: 'who comes to the portal, keys created, looks at the documentation, upgrades',
    options: [{ flag: '--days <count>', summary: 'keys, views and upgrades of so many days; 30' }],
    run: async (io, _args, options) => {
      const query = fieldsOf(options, { days: ['days'] })
      const path = `/admin/analytics/portal?${new URLSearchParams(query as Record<string, string>)}`
      io.record((await io.request('GET', path)) as PortalAnalytics)
    },
  },
]

/** Shows under the filter where it is wrong, before anything is asked of the server. */
function checkFilter(filter: string): void {
  try {
    parseFilter(filter, userFields)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const [problem] = error.details.errors ?? []
    const position = Number(problem?.params?.position ?? 1)
    throw usageError(`${error.message}\n  ${filter}\n  ${' '.repeat(position - 1)}^`)
  }
}
