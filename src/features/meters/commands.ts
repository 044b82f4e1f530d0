import { type Command, type CommandIo, listAll } from '../../core/cli.ts'
import { fieldsOf, toList } from '../../core/cli-options.ts'

type Row = Record<string, unknown>

const meter = [{ name: 'meter' }]
const pathOf = (args: Record<string, string>) => `/admin/meters/${encodeURIComponent(args.meter!)}`
const show = async (io: CommandIo, method: string, path: string, body?: unknown) =>
  io.record((await io.request(method, path, body)) as Row)

const turn = (verb: string, archived: boolean): Command => ({
  name: `meters ${verb}`,
  summary: archived
    ? 'let a meter count nothing more; what it counted stays'
    : 'let an archived meter count again',
  arguments: meter,
  run: (io, args) => show(io, 'PATCH', pathOf(args), { archived }),
})

/** `<meter>` is a key or an id. */
const metersOnly: Command[] = [
  {
    name: 'meters create',
    summary: 'create a meter, fed by events or by the gateway',
    options: [
      {
        flag: '--key <key>',
        summary: 'its name in events and routes, such as storage',
        required: true,
      },
      { flag: '--name <name>', summary: 'for customers', required: true },
      { flag: '--kind <kind>', summary: 'counter or gauge', required: true },
      { flag: '--unit <unit>', summary: 'what is counted, such as GB', required: true },
      {
        flag: '--source <source>',
        summary: 'events (default), or requests, bytes or credits of the routes that name it',
      },
    ],
    run: (io, _args, { key, name, kind, unit, source }) =>
      show(io, 'POST', '/admin/meters', { key, name, kind, unit, source }),
  },
  {
    name: 'meters list',
    summary: 'list meters, the built-in ones first',
    run: async (io) => {
      io.table(await listAll(io, '/admin/meters'), [
        ['key', 'Key'],
        ['name', 'Name'],
        ['kind', 'Kind'],
        ['unit', 'Unit'],
        ['source', 'Source'],
        ['archived', 'Archived'],
      ])
    },
  },
  {
    name: 'meters get',
    summary: 'show a meter',
    arguments: meter,
    run: (io, args) => show(io, 'GET', pathOf(args)),
  },
  {
    name: 'meters update',
    summary: 'rename a meter or its unit',
    arguments: meter,
    options: [
      { flag: '--name <name>', summary: 'for customers' },
      { flag: '--unit <unit>', summary: 'what is counted, such as GB' },
    ],
    run: (io, args, given) =>
      show(io, 'PATCH', pathOf(args), fieldsOf(given, { name: ['name'], unit: ['unit'] })),
  },
  turn('archive', true),
  turn('restore', false),
  {
    name: 'meters delete',
    summary: 'delete a meter that has counted nothing',
    arguments: meter,
    run: async (io, args) => {
      await io.request('DELETE', pathOf(args))
      io.say(`Deleted ${args.meter}.`)
    },
  },
]

const serviceKeys: Command[] = [
  {
    name: 'service-keys create',
    summary: 'create a key for a program that reports usage; it is shown once',
    options: [
      { flag: '--name <name>', summary: 'what uses the key', required: true },
      { flag: '--scopes <scopes>', summary: 'separated by commas; meter:write by default' },
    ],
    run: async (io, _args, given) => {
      const body = fieldsOf(given, { name: ['name'], scopes: ['scopes', toList] })
      await show(io, 'POST', '/admin/service-keys', body)
      io.say('Store the key now: it is not shown again.')
    },
  },
  {
    name: 'service-keys list',
    summary: 'list service keys, newest first',
    run: async (io) => {
      io.table(await listAll(io, '/admin/service-keys'), [
        ['id', 'ID'],
        ['name', 'Name'],
        ['masked', 'Key'],
        ['scopes', 'Scopes'],
        ['status', 'Status'],
        ['last_used_at', 'Last used'],
      ])
    },
  },
  {
    name: 'service-keys revoke',
    summary: 'end a service key for good',
    arguments: [{ name: 'id' }],
    run: async (io, { id }) => {
      await io.request('DELETE', `/admin/service-keys/${encodeURIComponent(id!)}`)
      io.say(`Revoked ${id}.`)
    },
  },
]

export const metersCommands: Command[] = [...metersOnly, ...serviceKeys]
