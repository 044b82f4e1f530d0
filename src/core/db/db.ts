import { drizzle, type NodePgQueryResultHKT } from 'drizzle-orm/node-postgres'
import type { PgDatabase } from 'drizzle-orm/pg-core'
import pg from 'pg'

/** The database, or one transaction of it. */
export type Db = PgDatabase<NodePgQueryResultHKT, Record<string, never>>

export type DbPool = { db: Db; pool: pg.Pool; close: () => Promise<void> }

// Counts and sums fit in a double; as text they would surprise every reader.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/** Opens a pool. A statement that runs for over 30 s is ended by the server, and so is a wait for a connection. */
export function connectDb(url: string, { max = 20 } = {}): DbPool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: 'apigate',
    connectionTimeoutMillis: 30_000,
    options: '-c statement_timeout=30000 -c timezone=UTC',
  })
  // A connection that breaks fails its statement, or is replaced when it was idle; without listeners
  // it would end the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return { db: drizzle(pool) as Db, pool, close: () => pool.end() }
}
