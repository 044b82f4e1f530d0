import type pg from 'pg'
import type { DumpedTable } from '../../core/db/dump.ts'
import { startLoading } from '../../core/db/load.ts'
import { notABackup } from './manifest.ts'

/** Loads tables from pieces that follow each other, one table after the other. */
export function createTableLoader(client: pg.ClientBase, tables: DumpedTable[]) {
  const counts: Record<string, number> = {}
  let current: { name: string; load: Awaited<ReturnType<typeof startLoading>> } | undefined

  async function endTable() {
    if (current) counts[current.name] = await current.load.end()
    current = undefined
  }

  return {
    write: async (name: string, bytes: Buffer) => {
      if (current?.name !== name) {
        await endTable()
        const table = tables.find((candidate) => candidate.name === name)
        if (!table) throw notABackup(`It has rows of ${name}, which its manifest does not name.`)
        current = { name, load: await startLoading(client, table) }
      }
      await current.load.write(bytes)
    },
    /** Resolves with the number of rows of each table. */
    end: async () => {
      await endTable()
      return counts
    },
  }
}
