import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { packageRoot } from '../package-root.ts'

/** Brings the schema up to date. Two processes that start at once take turns. */
export async function migrateDb(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'apigate migrate' })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock(727100)')
    await migrate(drizzle(client), { migrationsFolder: join(packageRoot(), 'migrations') })
  } finally {
    await client.end()
  }
}
