import type { Command, CommandIo } from '../../core/cli.ts'
import { fieldsOf, toJson } from '../../core/cli-options.ts'

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
          metadata: ['metadata', toJson],
        }),
      ),
  },
  {
    name: 'users list',
    summary: 'list users, newest first',
    options: [
      plan,
      { flag: '--status <status>', summary: 'active, pending or suspended' },
      role,
      { flag: '--inactive-days <days>', summary: 'who have not signed in for so many days' },
      { flag: '--search <text>', summary: 'part of an e-mail or name' },
    ],
    run: async (io, _args, options) => {
      const filters = fieldsOf(options, {
        plan: ['plan_id'],
        status: ['status'],
        role: ['role'],
        inactiveDays: ['inactive_days'],
        search: ['q'],
      })
      const rows: Row[] = []
      let cursor: string | null = null
      do {
        const query = new URLSearchParams({
          limit: '100',
          ...(filters as Record<string, string>),
          ...(cursor ? { cursor } : {}),
        })
        const page = (await io.request('GET', `/admin/users?${query}`)) as {
          data: Row[]
          next_cursor: string | null
        }
        rows.push(...page.data)
        cursor = page.next_cursor
      } while (cursor)
      io.table(rows, columns)
    },
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
  simple('suspend', 'stop all keys of a user from the next request on'),
  simple('activate', 'end a suspension'),
  simple('verify', 'mark the e-mail address as verified'),
  simple('reset-two-factor', 'take the second factor from a user who has lost it'),
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
      if (!yes && !(await io.confirm(`Delete ${args.user} with all keys and usage?`))) {
        io.say('Nothing was deleted. On a script, say --yes.')
        return
      }
      await io.request('DELETE', pathOf(args))
      io.say(`Deleted ${args.user}.`)
    },
  },
]
