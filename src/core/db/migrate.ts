import { join } from 'node:path'
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator'
import pg from 'pg'
import { AppError } from '../errors.ts'
import { packageRoot } from '../package-root.ts'
import { reasonOf } from '../reason.ts'

/** How far a database is among the migrations of this release, in numbers of them. */
export type SchemaState = { applied: number; pending: number }

/**
 * Brings the schema up to date, all or nothing, and returns how many migrations that took. Two
 * processes that start at once take turns.
 * @throws AppError `database_too_new` for a database that a newer release has migrated, `database_unreachable`.
 */
export async function migrateDb(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url, application_name: 'apigate migrate' })
  await client.connect().catch((error: unknown) => {
    throw new AppError(
      'unavailable',
      'database_unreachable',
      'The database does not answer ({{reason}}). Check DATABASE_URL.',
      { params: { reason: reasonOf(error) } },
    )
  })
  try {
    await client.query('begin')
    await client.query('select pg_advisory_xact_lock(727100)')
    const count = await applyMigrations(client)
    await client.query('commit')
    return count
  } finally {
    await client.end()
  }
}

/**
 * Applies what is missing of the migrations up to the `upTo`-th, in the caller's transaction. It keeps
 * the same record as Drizzle's migrator, which insists on a transaction of its own.
 */
export async function applyMigrations(client: pg.ClientBase, upTo?: number): Promise<number> {
  const { applied } = await readSchemaState(client)
  const missing = readMigrations().slice(applied, upTo)
  await client.query('create schema if not exists drizzle')
  await client.query(
    'create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)',
  )
  for (const { sql, hash, folderMillis } of missing) {
    for (const statement of sql) await client.query(statement)
    await client.query(
      'insert into drizzle.__drizzle_migrations (hash, created_at) values ($1, $2)',
      [hash, folderMillis],
    )
  }
  return missing.length
}

/** @throws AppError `database_too_new`. */
export async function readSchemaState(client: pg.ClientBase): Promise<SchemaState> {
  const migrations = readMigrations()
  const last = await findLastMigration(client)
  if (last === null) return { applied: 0, pending: migrations.length }
  const at = migrations.findIndex(({ folderMillis }) => folderMillis === last)
  if (at < 0) {
    throw new AppError(
      'unavailable',
      'database_too_new',
      'The database was migrated by another, newer release of Apigate. Run that release, or restore a backup.',
    )
  }
  return { applied: at + 1, pending: migrations.length - at - 1 }
}

async function findLastMigration(client: pg.ClientBase): Promise<number | null> {
  const found = await client.query(`select to_regclass('drizzle.__drizzle_migrations') as name`)
  if (found.rows[0].name === null) return null
  const { rows } = await client.query(
    'select max(created_at)::text as last from drizzle.__drizzle_migrations',
  )
  return rows[0].last === null ? null : Number(rows[0].last)
}

export const countMigrations = () => readMigrations().length

function readMigrations(): MigrationMeta[] {
  return readMigrationFiles({ migrationsFolder: join(packageRoot(), 'migrations') })
}
