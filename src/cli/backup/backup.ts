import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import type { Config } from '../../core/config.ts'
import { type DumpedTable, listContents, readRows } from '../../core/db/dump.ts'
import { readSchemaState } from '../../core/db/migrate.ts'
import { AppError } from '../../core/errors.ts'
import { readWaitingJobs } from '../../core/jobs/waiting-jobs.ts'
import { readVersion } from '../../core/package-root.ts'
import { hasDatabase, withSite } from '../site.ts'
import { type ArchiveWriter, createArchive } from './archive.ts'
import { holdJournal, listDataFiles, readDataFile } from './data-files.ts'
import { checkOf, createManifest, entries, toBytes } from './manifest.ts'

/** Rows stand in pieces of about this size, so that neither side needs them all at once. */
const partBytes = 256 * 1024

export type BackupReport = { tables: number; rows: number }

/**
 * Writes the database, as it is at one moment, and the files of the data directory into one file. The
 * server may run meanwhile. The journal goes along: what the database does not have yet of the usage
 * stands there.
 */
export async function writeBackup(config: Config, path: string): Promise<BackupReport> {
  if (!hasDatabase(config)) {
    const message = `There is nothing to back up in ${config.dataDir}.`
    throw new AppError('not_found', 'nothing_to_back_up', message)
  }
  const archive = await createArchive(path)
  try {
    const report = await withSite(config, ({ databaseUrl }) =>
      writeEntries(config, databaseUrl, archive, path),
    )
    await archive.finish()
    return report
  } catch (error) {
    await archive.abandon()
    throw error
  }
}

async function writeEntries(
  config: Config,
  databaseUrl: string,
  archive: ArchiveWriter,
  path: string,
): Promise<BackupReport> {
  const { dataDir } = config
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'apigate backup',
  })
  const journal = holdJournal(dataDir)
  await client.connect()
  try {
    await journal.hold()
    await client.query('begin isolation level repeatable read read only')
    // The first query fixes the moment. What is written to the journal from here on, goes along too.
    const { applied } = await readSchemaState(client)
    await journal.hold()
    const { tables, sequences } = await listContents(client)
    const secret = config.secret ?? (await readFile(join(dataDir, 'secret'), 'utf8')).trim()
    const manifest = createManifest({
      ...{ version: readVersion(), created_at: new Date().toISOString() },
      ...{ migrations: applied, secret_check: checkOf(secret), tables, sequences },
    })
    await archive.add(entries.manifest, toBytes(manifest))
    for (const file of await listDataFiles(dataDir, path))
      await archive.add(entries.file(file), await readDataFile(dataDir, file))
    for await (const [name, bytes] of journal.read())
      await archive.add(entries.file(`journal/${name}`), bytes)
    await archive.add(entries.jobs, toBytes(await readWaitingJobs(client)))
    const counts: Record<string, number> = {}
    for (const table of tables) counts[table.name] = await writeRows(client, table, archive)
    await archive.add(entries.end, toBytes({ rows: counts }))
    const rows = Object.values(counts).reduce((sum, count) => sum + count, 0)
    return { tables: tables.length, rows }
  } finally {
    await journal.release()
    await client.end()
  }
}

async function writeRows(
  client: pg.Client,
  table: DumpedTable,
  archive: ArchiveWriter,
): Promise<number> {
  const stream = readRows(client, table)
  let chunks: Buffer[] = []
  let size = 0
  let part = 0
  const flush = async () => {
    if (size === 0) return
    part += 1
    await archive.add(entries.rows(table.name, part), Buffer.concat(chunks))
    chunks = []
    size = 0
  }
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= partBytes) await flush()
  }
  await flush()
  return stream.rowCount
}
