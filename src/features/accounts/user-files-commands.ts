import type { Command, CommandOption } from '../../core/cli.ts'
import { fieldsOf } from '../../core/cli-options.ts'
import { AppError } from '../../core/errors.ts'

type Report = {
  created: number
  updated: number
  failed: number
  lines: { line: number; email: string; result: string; detail?: string }[]
}

/** What narrows a list of users. */
export const userFilters: CommandOption[] = [
  { flag: '--plan <plan>', summary: 'id or slug' },
  { flag: '--status <status>', summary: 'active, pending or suspended' },
  { flag: '--role <role>', summary: 'customer, agent or admin' },
  { flag: '--inactive-days <days>', summary: 'who have not signed in for so many days' },
  { flag: '--search <text>', summary: 'part of an e-mail or name' },
]

/** The filters that were given, as the APIs take them. */
export function toFilter(options: Parameters<typeof fieldsOf>[0]): Record<string, string> {
  const filter = fieldsOf(options, {
    plan: ['plan_id'],
    status: ['status'],
    role: ['role'],
    inactiveDays: ['inactive_days'],
    search: ['q'],
    sort: ['sort'],
    format: ['format'],
  })
  return filter as Record<string, string>
}

export const userFilesCommands: Command[] = [
  {
    name: 'users export',
    summary: 'write every user who matches to standard output',
    options: [{ flag: '--format <format>', summary: 'csv (the default) or json' }, ...userFilters],
    run: (io, _args, options) => {
      const format = options.json ? 'json' : 'csv'
      return io.download(
        `/admin/users/export?${new URLSearchParams({ format, ...toFilter(options) })}`,
      )
    },
  },
  {
    name: 'users import',
    summary: 'create and update users by a CSV file (email,name,plan_name); - is standard input',
    arguments: [{ name: 'file' }],
    options: [{ flag: '--dry-run', summary: 'only say what would happen' }],
    run: async (io, { file }, { dryRun, json }) => {
      const path = `/admin/users/import?dry_run=${dryRun === true}`
      const report = (await io.upload(path, file!, 'text/csv')) as Report
      const { created, updated, failed, lines } = report
      const isShown = (result: string) => dryRun === true || result === 'failed'
      const shown = lines.filter(({ result }) => isShown(result))
      if (json || shown.length === 0)
        io.report(`${created} created, ${updated} updated, ${failed} failed.`, report)
      else {
        io.table(shown, lineColumns)
        io.say(`${created} created, ${updated} updated, ${failed} failed.`)
      }
      if (failed > 0) throw new AppError('invalid', 'lines_failed', failedLines(failed))
    },
  },
]

const lineColumns: [string, string][] = [
  ['line', 'Line'],
  ['email', 'E-mail'],
  ['result', 'Result'],
  ['detail', 'Detail'],
]

const failedLines = (count: number) =>
  count === 1
    ? 'One line failed and changed nothing. Mend it and import the file again.'
    : `${count} lines failed and changed nothing. Mend them and import the file again.`
