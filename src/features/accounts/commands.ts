import { type Command, type CommandIo, listAll } from '../../core/cli.ts'
import { fieldsOf, toJson } from '../../core/cli-options.ts'
import { AppError } from '../../core/errors.ts'
import { toFilter, userFilesCommands, userFilters } from './user-files-commands.ts'

type Row = Record<string, unknown>

const columns: [string, string][] = [
  ['id', 'ID'],
  ['email', 'E-mail'],
  ['name', 'Name'],
  ['role', 'Role'],
  ['status', 'Status'],
  ['plan_id', 'Plan'],
  ['last_login_at', 'Last sign-in'],
]
const user = [{ name: 'user' }]
const pathOf = (args: Record<string, string>, rest = '') =>
  `/admin/users/${encodeURIComponent(args.user!)}${rest}`
const show = async (io: CommandIo, method: string, path: string, body?: unknown) =>
  io.record((await io.request(method, path, body)) as Row)

const plan = { flag: '--plan <plan>', summary: 'id or slug' }
const name = { flag: '--name <name>', summary: 'display name' }
const role = { flag: '--role <role>', summary: 'customer, agent or admin' }
const metadata = {
  flag: '--metadata <json>',
  summary: 'replaces all metadata, such as \'{"company_size": "10-50"}\'',
}

const simple = (verb: string, summary: string): Command => ({
  name: `users ${verb}`,
  summary,
  arguments: user,
  run: (io, args) => show(io, 'POST', pathOf(args, `/${verb}`)),
})

/** `<user>` is an id or an e-mail everywhere. */
export const usersCommands: Command[] = [
  {
    name: 'users create',
    summary: 'create a user',
    options: [
      { flag: '--email <email>', summary: 'e-mail address', required: true },
      name,
      plan,
      role,
      { flag: '--id <id>', summary: 'an id of your own' },
      {
        flag: '--password <password>',
        summary: 'without one the user cannot sign in by password yet',
      },
      { flag: '--invite', summary: 'mail a link to choose a password' },
      metadata,
    ],
    run: (io, _args, options) =>
      show(
        io,
        'POST',
        '/admin/users',
        fieldsOf(options, {
          email: ['email'],
          name: ['name'],
          plan: ['plan_id'],
          role: ['role'],
          id: ['id'],
          password: ['password'],
          invite: ['send_invitation'],
          metadata: ['metadata', toJson],
        }),
      ),
  },
  {
    name: 'users list',
    summary: 'list users, newest first',
    options: [
      ...userFilters,
      {
        flag: '--sort <field>',
        summary:
          'email, name, plan, status, created_at, last_login_at; with - before it, downwards',
      },
    ],
    run: async (io, _args, options) =>
      io.table(await listAll(io, '/admin/users', toFilter(options)), columns),
  },
  {
    name: 'users get',
    summary: 'show a user',
    arguments: user,
    run: (io, args) => show(io, 'GET', pathOf(args)),
  },
  {
    name: 'users update',
    summary: 'change a user; what is left out stays',
    arguments: user,
    options: [
      plan,
      name,
      role,
      metadata,
      { flag: '--email <email>', summary: 'e-mail address' },
      { flag: '--stripe-customer-id <id>', summary: 'link to Stripe' },
    ],
    run: (io, args, options) =>
      show(
        io,
        'PUT',
        pathOf(args),
        fieldsOf(options, {
          plan: ['plan_id'],
          name: ['name'],
          role: ['role'],
          email: ['email'],
          metadata: ['metadata', toJson],
          stripeCustomerId: ['stripe_customer_id'],
        }),
      ),
  },
  {
    name: 'users suspend',
    summary: 'stop all keys of a user from the next request on',
    arguments: user,
    options: [{ flag: '--reason <text>', summary: 'why; for operators alone' }],
    run: (io, args, { reason }) =>
      show(io, 'POST', pathOf(args, '/suspend'), reason ? { reason } : {}),
  },
  simple('activate', 'end a suspension'),
  simple('verify', 'mark the e-mail address as verified'),
  simple('reset-two-factor', 'take the second factor from a user who has lost it'),
  {
    name: 'users invite',
    summary: 'mail a user a link to choose a password',
    arguments: user,
    run: async (io, args) => {
      await io.request('POST', pathOf(args, '/invite'))
      io.say(`A link is on its way to ${args.user}.`)
    },
  },
  {
    name: 'users set-password',
    summary: 'set a password and end the user’s sessions',
    arguments: user,
    options: [{ flag: '--password <password>', summary: 'the new password', required: true }],
    run: async (io, args, { password }) => {
      await io.request('POST', pathOf(args, '/set-password'), { password })
      io.say('The password is set, and all sessions of the user have ended.')
    },
  },
  {
    name: 'users delete',
    summary: 'delete a user with keys and usage',
    arguments: user,
    options: [{ flag: '--yes', summary: 'do not ask' }],
    run: async (io, args, { yes }) => {
      if (!yes) {
        const stats = (await io.request('GET', pathOf(args, '/stats'))) as { api_keys: number }
        const question = `Delete ${args.user} with all usage? Keys that stop working: ${stats.api_keys}.`
        if (!(await io.confirm(question)))
          throw new AppError('conflict', 'not_confirmed', 'Nothing was deleted.')
      }
      await io.request('DELETE', pathOf(args))
      io.say(`Deleted ${args.user}.`)
    },
  },
  {
    name: 'users stats',
    summary: 'requests this month, share of the quota, keys, last sign of life',
    arguments: user,
    run: (io, args) => show(io, 'GET', pathOf(args, '/stats')),
  },
  ...userFilesCommands,
]
