import { type Command, listAll } from '../../core/cli.ts'
import { parseSetting } from './setting-text.ts'

type Row = Record<string, unknown>

const key = { name: 'key' }
const pathOf = (args: Record<string, string>) => `/admin/settings/${encodeURIComponent(args.key!)}`

export const settingsCommands: Command[] = [
  {
    name: 'settings list',
    summary: 'list all settings',
    run: async (io) => {
      io.table(await listAll(io, '/admin/settings'), [
        ['key', 'Setting'],
        ['value', 'Value'],
        ['default', 'Default'],
      ])
    },
  },
  {
    name: 'settings get',
    summary: 'show a setting',
    arguments: [key],
    run: async (io, args) => io.record((await io.request('GET', pathOf(args))) as Row),
  },
  {
    name: 'settings set',
    summary: 'change a setting, from the next request on',
    arguments: [key, { name: 'value' }],
    run: async (io, args) => {
      const value = parseSetting(args.key!, args.value!)
      io.record((await io.request('PUT', pathOf(args), { value })) as Row)
    },
  },
  {
    name: 'settings unset',
    summary: 'put a setting back to its default',
    arguments: [key],
    run: async (io, args) => {
      await io.request('DELETE', pathOf(args))
      io.say(`${args.key} is back to its default.`)
    },
  },
]
