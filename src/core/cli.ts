import { AppError } from './errors.ts'

/** A verb of the command line, as data: the runner in `cli/` parses, this does. */
export type Command = {
  /** As typed: `keys create`. */
  name: string
  summary: string
  arguments?: { name: string; required?: boolean }[]
  options?: CommandOption[]
  run: (io: CommandIo, args: Record<string, string>, options: CommandOptions) => Promise<void>
}

export type CommandOption = {
  /** `--user <user>`, or `--yes` for a switch. */
  flag: string
  summary: string
  required?: boolean
  /** May be given several times. */
  multiple?: boolean
}

export type CommandOptions = Record<string, string | boolean | string[] | undefined>

export type CommandIo = {
  /** Calls an API of the server, or of the data directory when none runs. Problems are thrown as AppError. */
  request: (method: string, path: string, body?: unknown) => Promise<unknown>
  /** Posts a file, or standard input for `-`, as it streams. */
  upload: (path: string, file: string, type: string) => Promise<unknown>
  /** Copies an answer to standard output, as it streams. */
  download: (path: string) => Promise<void>
  /** Prints rows as a table; as JSON with `--json`. */
  table: (rows: Record<string, unknown>[], columns: [field: string, title: string][]) => void
  /** Prints one object; as JSON with `--json`. */
  record: (value: Record<string, unknown>) => void
  /** Prints a line for people; nothing with `--json`. */
  say: (line: string) => void
  /** Prints a line for people; the object with `--json`. */
  report: (line: string, value: Record<string, unknown>) => void
  /** Asks on a terminal. Throws where there is none, as nobody could answer. */
  confirm: (question: string) => Promise<boolean>
}

/** Every row of a collection of the APIs, page by page. */
export async function listAll(
  { request }: Pick<CommandIo, 'request'>,
  path: string,
  query: Record<string, string> = {},
): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = []
  let cursor: string | null = null
  do {
    const given = new URLSearchParams({ ...query, limit: '100', ...(cursor && { cursor }) })
    const page = (await request('GET', `${path}?${given}`)) as Page
    rows.push(...page.data)
    cursor = page.next_cursor
  } while (cursor)
  return rows
}

type Page = { data: Record<string, unknown>[]; next_cursor: string | null }

/** What was said on the command line is not understood. */
export function usageError(message: string): AppError {
  return new AppError('invalid', 'usage', message)
}
