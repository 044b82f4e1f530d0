import {
  type Command,
  type CommandIo,
  type CommandOption,
  type CommandOptions,
  listAll,
} from '../../core/cli.ts'
import { fieldsOf, toBoolean, toList, toNumber } from '../../core/cli-options.ts'

type Row = Record<string, unknown>
type Noun = {
  name: 'upstreams' | 'routes'
  singular: string
  required: CommandOption[]
  options: CommandOption[]
  columns: [string, string][]
  read: (options: CommandOptions) => Row
}

const upstreams: Noun = {
  name: 'upstreams',
  singular: 'upstream',
  required: [
    { flag: '--name <name>', summary: 'a name to call it by' },
    { flag: '--url <addresses>', summary: 'one address, or several separated by commas' },
  ],
  options: [
    { flag: '--timeout <ms>', summary: 'until its answer begins' },
    { flag: '--max-concurrency <number>', summary: 'requests at once, or unlimited' },
    { flag: '--auth-type <type>', summary: 'none, bearer, header or basic' },
    { flag: '--auth-header <name>', summary: 'for header' },
    { flag: '--auth-value <secret>', summary: 'token, value, or user:password' },
    { flag: '--health-path <path>', summary: 'for health checks' },
  ],
  columns: [
    ['id', 'ID'],
    ['name', 'Name'],
    ['urls', 'Addresses'],
    ['timeout_ms', 'Timeout (ms)'],
    ['enabled', 'Enabled'],
  ],
  read: (options) => ({
    ...fieldsOf(options, {
      name: ['name'],
      url: ['urls', toList],
      timeout: ['timeout_ms', toNumber],
      maxConcurrency: ['max_concurrency', toNumber],
      healthPath: ['health_path'],
    }),
    ...(options.authType && {
      auth: fieldsOf(options, {
        authType: ['type'],
        authHeader: ['header'],
        authValue: ['secret'],
      }),
    }),
  }),
}

const routes: Noun = {
  name: 'routes',
  singular: 'route',
  required: [
    { flag: '--name <name>', summary: 'a name to call it by' },
    { flag: '--path <path>', summary: '/status, /v1/* or /users/:id' },
    { flag: '--upstream <upstream>', summary: 'id or name' },
  ],
  options: [
    { flag: '--methods <list>', summary: 'separated by commas; all without' },
    { flag: '--host <host>', summary: 'only for this host' },
    { flag: '--strip-prefix <boolean>', summary: 'leave the prefix out towards the upstream' },
    { flag: '--rewrite <path>', summary: 'such as /v2/* or /people/:id' },
    { flag: '--auth <boolean>', summary: 'false for a public route' },
    { flag: '--scopes <list>', summary: 'a key needs one of these' },
    { flag: '--credit-cost <number>', summary: 'credits a request' },
    { flag: '--meters <list>', summary: 'keys of meters that its requests feed' },
    { flag: '--timeout <ms>', summary: 'instead of the upstream’s' },
    { flag: '--max-body <bytes>', summary: 'largest body' },
    { flag: '--cors <origins>', summary: 'separated by commas' },
    { flag: '--priority <number>', summary: 'higher comes first' },
  ],
  columns: [
    ['id', 'ID'],
    ['name', 'Name'],
    ['methods', 'Methods'],
    ['path', 'Path'],
    ['upstream', 'Upstream'],
    ['enabled', 'Enabled'],
  ],
  read: (options) =>
    fieldsOf(options, {
      name: ['name'],
      path: ['path'],
      upstream: ['upstream'],
      methods: ['methods', toList],
      host: ['host'],
      stripPrefix: ['strip_prefix', toBoolean],
      rewrite: ['rewrite'],
      auth: ['auth_required', toBoolean],
      scopes: ['scopes', toList],
      creditCost: ['credit_cost', toNumber],
      meters: ['meters', toList],
      timeout: ['timeout_ms', toNumber],
      maxBody: ['max_body_bytes', toNumber],
      cors: ['cors', toList],
      priority: ['priority', toNumber],
    }),
}

/** Both nouns have the same verbs; `<name>` is an id or a name. */
function commandsOf({ name, singular, required, options, columns, read }: Noun): Command[] {
  const base = `/admin/${name}`
  const one = [{ name: singular }]
  const pathOf = (args: Record<string, string>) => `${base}/${encodeURIComponent(args[singular]!)}`
  const show = async (io: CommandIo, method: string, path: string, body?: unknown) =>
    io.record((await io.request(method, path, body)) as Row)
  const turn = (verb: string, enabled: boolean): Command => ({
    name: `${name} ${verb}`,
    summary: `${verb} a ${singular}, from the next request on`,
    arguments: one,
    run: (io, args) => show(io, 'PATCH', pathOf(args), { enabled }),
  })
  return [
    {
      name: `${name} create`,
      summary: `create a ${singular}`,
      options: [...required.map((option) => ({ ...option, required: true })), ...options],
      run: (io, _args, given) => show(io, 'POST', base, read(given)),
    },
    {
      name: `${name} list`,
      summary: `list ${name}`,
      run: async (io) => {
        const rows = (await listAll(io, base)) as (Row & { upstream?: { name: string } })[]
        io.table(
          rows.map((row) => (row.upstream ? { ...row, upstream: row.upstream.name } : row)),
          columns,
        )
      },
    },
    {
      name: `${name} get`,
      summary: `show a ${singular}`,
      arguments: one,
      run: (io, args) => show(io, 'GET', pathOf(args)),
    },
    {
      name: `${name} update`,
      summary: `change a ${singular}, from the next request on`,
      arguments: one,
      options: [...required, ...options],
      run: (io, args, given) => show(io, 'PATCH', pathOf(args), read(given)),
    },
    turn('enable', true),
    turn('disable', false),
    {
      name: `${name} delete`,
      summary: `delete a ${singular}`,
      arguments: one,
      run: async (io, args) => {
        await io.request('DELETE', pathOf(args))
        io.say(`Deleted ${args[singular]}.`)
      },
    },
  ]
}

export const upstreamsCommands: Command[] = [...commandsOf(upstreams), ...commandsOf(routes)]
