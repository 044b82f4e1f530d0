import { type Command, listAll } from '../../core/cli.ts'
import { fieldsOf, toList } from '../../core/cli-options.ts'
import { toMoment, toSeconds } from '../../core/duration.ts'

const listColumns: [string, string][] = [
  ['id', 'ID'],
  ['name', 'Name'],
  ['masked', 'Key'],
  ['status', 'Status'],
  ['environment', 'Environment'],
  ['scopes', 'Scopes'],
  ['last_used_at', 'Last used'],
  ['requests_this_month', 'This month'],
]

export const keysCommands: Command[] = [
  {
    name: 'keys create',
    summary: 'create an API key for a user; it is shown once',
    options: [
      { flag: '--user <user>', summary: 'id or e-mail', required: true },
      { flag: '--name <name>', summary: 'what uses the key' },
      { flag: '--scopes <scopes>', summary: 'separated by commas, such as read or users:write' },
      { flag: '--expires <time>', summary: 'such as 90d, 2027-01-31 or 2027-01-31T09:00:00Z' },
      { flag: '--environment <environment>', summary: 'live or test' },
    ],
    run: async (io, _args, options) => {
      const key = await io.request('POST', '/admin/keys', {
        name: 'API key',
        ...fieldsOf(options, {
          user: ['user_id'],
          name: ['name'],
          scopes: ['scopes', toList],
          expires: ['expires_at', (text) => toMoment(text)],
          environment: ['environment'],
        }),
      })
      io.record(key as Record<string, unknown>)
      io.say('Store the key now: it is not shown again.')
    },
  },
  {
    name: 'keys list',
    summary: 'list the API keys of a user',
    options: [
      { flag: '--user <user>', summary: 'id or e-mail', required: true },
      { flag: '--status <status>', summary: 'active, revoked, expired or all' },
    ],
    run: async (io, _args, { user, status }) => {
      const query = { user_id: String(user), ...(status ? { status: String(status) } : {}) }
      io.table(await listAll(io, '/admin/keys', query), listColumns)
    },
  },
  {
    name: 'keys revoke',
    summary: 'end a key for good, from the next request on',
    arguments: [{ name: 'id' }],
    run: async (io, { id }) => {
      await io.request('DELETE', `/admin/keys/${encodeURIComponent(id!)}`)
      io.say(`Revoked ${id}.`)
    },
  },
  {
    name: 'keys rotate',
    summary: 'replace a key by one with the same rights',
    arguments: [{ name: 'id' }],
    options: [
      {
        flag: '--grace <duration>',
        summary: 'how long the old key works on, such as 24h (the default) or 0',
      },
    ],
    run: async (io, { id }, { grace }) => {
      const body = { grace_seconds: toSeconds(typeof grace === 'string' ? grace : '24h') }
      io.record(
        (await io.request('POST', `/admin/keys/${encodeURIComponent(id!)}/rotate`, body)) as Record<
          string,
          unknown
        >,
      )
      io.say('Store the new key now: it is not shown again.')
    },
  },
]
