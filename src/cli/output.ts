import Table from 'cli-table3'
import { type CommandIo, usageError } from '../core/cli.ts'
import { askToConfirm, isTerminal } from './prompt.ts'

export type Output = Omit<CommandIo, 'request' | 'upload' | 'download'>

/** Tables for people, JSON for programs; everything but results goes to stderr. */
export function createOutput({ isJson }: { isJson: boolean }): Output {
  const print = (text: string) => process.stdout.write(`${text}\n`)
  const printJson = (value: unknown) => print(JSON.stringify(value, null, 2))
  return {
    table: (rows, columns) => {
      if (isJson) return printJson(rows)
      if (rows.length === 0) return print('Nothing here.')
      const style = { ...plain.style, ...headStyle }
      const table = new Table({ ...plain, head: columns.map(([, title]) => title), style })
      for (const row of rows) table.push(columns.map(([field]) => show(row[field])))
      print(trimLines(table.toString()))
    },
    record: (value) => {
      if (isJson) return printJson(value)
      const table = new Table(plain)
      for (const [field, entry] of Object.entries(value)) table.push([field, show(entry)])
      print(trimLines(table.toString()))
    },
    say: (line) => {
      if (!isJson) print(harmless(line))
    },
    report: (line, value) => (isJson ? printJson(value) : print(harmless(line))),
    confirm: async (question) => {
      if (!isTerminal()) throw usageError('Nobody can be asked here. Say --yes.')
      return askToConfirm(question)
    },
  }
}

const plain = {
  chars: {
    ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '' },
    ...{ 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '' },
    ...{ right: '', 'right-mid': '', middle: '  ' },
  },
  style: { 'padding-left': 0, 'padding-right': 0, border: [] },
}
/** What is piped into another program has no colours. */
const headStyle = { head: process.stdout.isTTY ? ['bold'] : [] }

const trimLines = (text: string) => text.replace(/ +$/gm, '')

/** What customers typed must not steer the operator's terminal, nor turn the reading direction. */
const harmless = (text: string) =>
  text.replace(
    /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

function show(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–'
  if (Array.isArray(value)) return value.map(show).join(', ')
  if (typeof value !== 'object') return harmless(String(value))
  const entries = Object.entries(value).map(([name, entry]) => `${harmless(name)}: ${show(entry)}`)
  return entries.length === 0 ? '–' : entries.join(', ')
}
