import type { Command } from '../core/cli.ts'

/** Verbs about the server itself. */
export const serverCommands: Command[] = [
  {
    name: 'migrate',
    summary: 'bring the database up to date (a start does it too)',
    run: async (io) => {
      // Opening the data directory or reaching a server means that its database is migrated.
      await io.request('GET', '/readyz')
      io.say('The database is up to date.')
    },
  },
  {
    name: 'status',
    summary: 'say whether the server is ready, and which version it is',
    run: async (io) => {
      const [ready, version] = await Promise.all([
        io.request('GET', '/readyz'),
        io.request('GET', '/version'),
      ])
      io.record({ ...(ready as object), ...(version as object) })
    },
  },
]
