import type { Command } from '../core/cli.ts'
import { parseConfig } from '../core/config.ts'
import { migrateDb } from '../core/db/migrate.ts'
import { readVersion } from '../core/package-root.ts'
import { backupCommands } from './backup/commands.ts'
import { doctorCommand } from './doctor/doctor.ts'
import { initCommand } from './init/init.ts'
import type { LocalCommand } from './local-command.ts'
import { withSite } from './site.ts'

/** Verbs about the server, answered by it. */
export const serverCommands: Command[] = [
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

/** Verbs about the server of this machine, whether it runs or not. */
export const localCommands: LocalCommand[] = [
  {
    name: 'version',
    summary: 'print the version',
    run: async (io) => io.report(readVersion(), { version: readVersion() }),
  },
  {
    name: 'migrate',
    summary: 'bring the database up to date (a start does it too)',
    run: async (io) => {
      const applied = await withSite(parseConfig(io.env), (site) => migrateDb(site.databaseUrl))
      const text = applied === 0 ? 'nothing was missing' : `migrations applied: ${applied}`
      io.report(`The database is up to date: ${text}.`, { applied })
    },
  },
  initCommand,
  doctorCommand,
  ...backupCommands,
]
