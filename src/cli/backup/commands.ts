import { stat } from 'node:fs/promises'
import { parseConfig } from '../../core/config.ts'
import type { LocalCommand } from '../local-command.ts'
import { writeBackup } from './backup.ts'
import { restoreBackup } from './restore.ts'

export const backupCommands: LocalCommand[] = [
  {
    name: 'backup',
    summary: 'write database, secrets and usage journal into one file, also while the server runs',
    arguments: [{ name: 'file' }],
    run: async (io, { file }) => {
      const { tables, rows } = await writeBackup(parseConfig(io.env), file!)
      // On the standard output stands the backup itself.
      if (file === '-') return
      const { size } = await stat(file!)
      const text = `${(size / 2 ** 20).toFixed(1)} MiB, tables: ${tables}, rows: ${rows}`
      io.report(`Wrote ${file} (${text}). It holds secrets; keep it private.`, {
        ...{ file, tables, rows, bytes: size },
      })
    },
  },
  {
    name: 'restore',
    summary: 'bring back what a backup holds; the server must be stopped',
    arguments: [{ name: 'file' }],
    options: [{ flag: '--force', summary: 'replace what the database holds' }],
    run: async (io, { file }, { force }) => {
      const report = await restoreBackup(parseConfig(io.env), file!, { force: force === true })
      const { created_at, version, rows } = report
      io.report(`Restored the backup of ${created_at} (Apigate ${version}), rows: ${rows}.`, report)
    },
  },
]
