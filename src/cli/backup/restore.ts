import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import type { Config } from '../../core/config.ts'
import { lockDataDir } from '../../core/data-dir.ts'
import { connectDb } from '../../core/db/db.ts'
import { clearDatabase, findRows, makePartitions, setSequences } from '../../core/db/load.ts'
import { applyMigrations, countMigrations, migrateDb } from '../../core/db/migrate.ts'
import { openDatabase } from '../../core/db/open-database.ts'
import { AppError } from '../../core/errors.ts'
import { createJobRunner } from '../../core/jobs/jobs.ts'
import type { WaitingJob } from '../../core/jobs/waiting-jobs.ts'
import { createLog } from '../../core/log.ts'
import { jobs } from '../../features/index.ts'
import { type ArchiveEntry, readArchive } from './archive.ts'
import { replaceDataFiles, stageDataFile } from './data-files.ts'
import { checkOf, type Manifest, notABackup, parseManifest } from './manifest.ts'
import { createTableLoader } from './table-loader.ts'

export type RestoreReport = { created_at: string; version: string; rows: number }

/**
 * Brings back what a backup holds: the database, all or nothing, then the files. A backup of an older
 * release is brought up to date.
 * @throws AppError `not_empty` unless `force`d, for a database with rows in it; `not_a_backup`,
 * `backup_too_new`, `secret_changed`.
 */
export async function restoreBackup(
  config: Config,
  path: string,
  { force }: { force: boolean },
): Promise<RestoreReport> {
  const archive = readArchive(path)
  const first = await archive.next()
  if (first.done) throw notABackup('It is empty.')
  const manifest = parseManifest(first.value)
  const release = await lockDataDir(config.dataDir)
  const staging = join(config.dataDir, 'restoring')
  try {
    await rm(staging, { recursive: true, force: true })
    const database = await openDatabase(config, () => {})
    try {
      const loading = { config, manifest, archive, staging, force }
      const { rows, waiting } = await loadDatabase(database.url, loading)
      await replaceDataFiles(config.dataDir, staging)
      await migrateDb(database.url)
      await requeue(database.url, waiting)
      return { created_at: manifest.created_at, version: manifest.version, rows }
    } finally {
      await database.close()
    }
  } finally {
    await rm(staging, { recursive: true, force: true })
    await release()
  }
}

type Loading = {
  config: Config
  manifest: Manifest
  archive: AsyncGenerator<ArchiveEntry>
  staging: string
  force: boolean
}

async function loadDatabase(databaseUrl: string, loading: Loading) {
  const { config, manifest, archive, staging, force } = loading
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'apigate restore',
  })
  await client.connect()
  try {
    await client.query('begin')
    await prepareSchema(client, manifest, force)
    const loader = createTableLoader(client, manifest.tables)
    let waiting: WaitingJob[] = []
    let end: { rows: Record<string, number> } | undefined
    for await (const { name, bytes } of archive) {
      if (name.startsWith('files/')) await stageDataFile(staging, name.slice(6), bytes)
      else if (name.startsWith('tables/')) await loader.write(name.split('/')[1]!, bytes)
      else if (name === 'jobs.json') waiting = JSON.parse(bytes.toString())
      else if (name === 'end.json') end = JSON.parse(bytes.toString())
    }
    const counts = await loader.end()
    if (!end || Object.entries(end.rows).some(([table, rows]) => (counts[table] ?? 0) !== rows))
      throw notABackup('It is not whole.')
    await assertSecret(config, manifest, staging)
    await setSequences(client, manifest.sequences)
    await client.query('commit')
    return { rows: Object.values(counts).reduce((sum, count) => sum + count, 0), waiting }
  } finally {
    await client.end()
  }
}

/** Empties the database, and makes it as it was when the backup was made. */
async function prepareSchema(client: pg.Client, manifest: Manifest, force: boolean): Promise<void> {
  if (manifest.migrations > countMigrations()) {
    throw new AppError(
      'invalid',
      'backup_too_new',
      `This backup was made by a newer release of Apigate (${manifest.version}). Restore it with that one.`,
    )
  }
  const full = await findRows(client)
  if (full.length > 0 && !force) {
    throw new AppError(
      'conflict',
      'not_empty',
      `The database holds data already (in ${full.slice(0, 3).join(', ')}${full.length > 3 ? ' …' : ''}). With --force it is replaced.`,
    )
  }
  await clearDatabase(client, ['drizzle', 'pgboss'])
  await applyMigrations(client, manifest.migrations)
  await makePartitions(client, manifest.tables)
}

/** What was sealed with one secret cannot be read with another. */
async function assertSecret(config: Config, manifest: Manifest, staging: string): Promise<void> {
  const kept = await readFile(join(staging, 'secret'), 'utf8').catch(() => null)
  const secret = config.secret ?? kept?.trim()
  if (secret !== undefined && checkOf(secret) === manifest.secret_check) return
  throw new AppError(
    'invalid',
    'secret_changed',
    secret === undefined
      ? 'This backup was made with APIGATE_SECRET in the environment, and holds no secret. Set the same one.'
      : 'This backup was made with another secret than APIGATE_SECRET. Set that one, or none if it stood in the data directory.',
  )
}

async function requeue(databaseUrl: string, waiting: WaitingJob[]): Promise<void> {
  if (waiting.length === 0) return
  const { db, close } = connectDb(databaseUrl)
  try {
    const log = createLog({ log: { level: 'warn', format: 'pretty' } }, 2)
    const runner = await createJobRunner(db, jobs, log)
    await runner.requeue(waiting)
    await runner.stop()
  } finally {
    await close()
  }
}
