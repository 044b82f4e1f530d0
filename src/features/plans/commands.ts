import {
  type Command,
  type CommandIo,
  type CommandOption,
  type CommandOptions,
  listAll,
} from '../../core/cli.ts'
import { fieldsOf, toAmounts, toBoolean, toList, toNumber } from '../../core/cli-options.ts'

type Row = Record<string, unknown>

const plan = [{ name: 'plan' }]
const pathOf = (args: Record<string, string>) => `/admin/plans/${encodeURIComponent(args.plan!)}`
const show = async (io: CommandIo, method: string, path: string, body?: unknown) =>
  io.record((await io.request(method, path, body)) as Row)

const options: CommandOption[] = [
  { flag: '--slug <slug>', summary: 'short name in addresses and commands' },
  { flag: '--description <text>', summary: 'for customers' },
  { flag: '--price <amount>', summary: 'a month, in minor units' },
  { flag: '--currency <code>', summary: 'ISO 4217, such as USD' },
  { flag: '--rate-limit <number>', summary: 'requests a minute, or unlimited' },
  { flag: '--burst <number>', summary: 'so many more in any minute' },
  { flag: '--requests <number>', summary: 'requests a month, or unlimited' },
  { flag: '--enforcement <mode>', summary: 'hard, soft or warn' },
  { flag: '--overage <amount>', summary: 'per 1,000 requests over, in minor units' },
  { flag: '--credits <number>', summary: 'credits included' },
  { flag: '--max-keys <number>', summary: 'API keys, or unlimited' },
  { flag: '--limits <list>', summary: 'of meters, such as storage=25,ml_predictions=5000' },
  { flag: '--features <list>', summary: 'separated by commas' },
  { flag: '--default <boolean>', summary: 'whether new customers get it' },
]

const read = (given: CommandOptions) =>
  fieldsOf(given, {
    name: ['name'],
    slug: ['slug'],
    description: ['description'],
    price: ['price_monthly', toNumber],
    currency: ['currency'],
    rateLimit: ['rate_limit_per_minute', toNumber],
    burst: ['rate_limit_burst', toNumber],
    requests: ['requests_per_month', toNumber],
    enforcement: ['quota_enforcement'],
    overage: ['overage_price', toNumber],
    credits: ['included_credits', toNumber],
    maxKeys: ['max_api_keys', toNumber],
    limits: ['limits', toAmounts],
    features: ['features', toList],
    default: ['is_default', toBoolean],
  })

const turn = (verb: string, enabled: boolean): Command => ({
  name: `plans ${verb}`,
  summary: enabled
    ? 'let new customers choose a plan'
    : 'hide a plan from new customers; those on it stay',
  arguments: plan,
  run: (io, args) => show(io, 'PATCH', pathOf(args), { enabled }),
})

/** `<plan>` is an id or a slug. Prices are in minor units. */
export const plansCommands: Command[] = [
  {
    name: 'plans create',
    summary: 'create a plan',
    options: [{ flag: '--name <name>', summary: 'for customers', required: true }, ...options],
    run: (io, _args, given) => show(io, 'POST', '/admin/plans', read(given)),
  },
  {
    name: 'plans list',
    summary: 'list plans, cheapest first',
    run: async (io) => {
      io.table(await listAll(io, '/admin/plans'), [
        ['id', 'ID'],
        ['slug', 'Slug'],
        ['name', 'Name'],
        ['price_monthly', 'Price'],
        ['currency', ''],
        ['rate_limit_per_minute', 'A minute'],
        ['requests_per_month', 'A month'],
        ['is_default', 'Default'],
        ['enabled', 'Enabled'],
      ])
    },
  },
  {
    name: 'plans get',
    summary: 'show a plan',
    arguments: plan,
    run: (io, args) => show(io, 'GET', pathOf(args)),
  },
  {
    name: 'plans update',
    summary: 'change a plan for all who are on it',
    arguments: plan,
    options: [{ flag: '--name <name>', summary: 'for customers' }, ...options],
    run: (io, args, given) => show(io, 'PATCH', pathOf(args), read(given)),
  },
  turn('enable', true),
  turn('disable', false),
  {
    name: 'plans delete',
    summary: 'delete a plan that nobody is on',
    arguments: plan,
    run: async (io, args) => {
      await io.request('DELETE', pathOf(args))
      io.say(`Deleted ${args.plan}.`)
    },
  },
]
