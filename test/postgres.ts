import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { makeScratch, removeScratch } from '../scripts/scratch.js'
import { startEmbeddedPostgres } from '../src/core/db/embedded.ts'
import { migrateDb } from '../src/core/db/migrate.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The server's address, as its superuser, and the migrated database to copy. */
    server: string
    template: string
  }
}

/** Starts (or finds) the server of a test project and makes the database that each test copies. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const server = await openServer(project.config.name === 'external')
  const template = `apigate_template_${process.pid}`
  await createDatabase(server.url, template)
  await migrateDb(withDatabase(server.url, template))
  project.provide('server', server.url)
  project.provide('template', template)
  return async () => {
    await onServer(server.url, `drop database if exists ${template} with (force)`)
    await server.stop()
  }
}

async function openServer(external: boolean): Promise<{ url: string; stop: () => Promise<void> }> {
  if (external) return { url: process.env.TEST_DATABASE_URL!, stop: async () => {} }
  const directory = makeScratch()
  const server = await startEmbeddedPostgres({
    directory: join(directory, 'postgres'),
    durable: false,
    log: () => {},
  })
  return {
    url: server.url,
    stop: async () => {
      await server.stop()
      removeScratch(directory)
    },
  }
}

/** Runs one statement outside any database of the product. */
export async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: withDatabase(url, 'postgres') })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** Makes a database of its own. Copied file by file, a migrated one costs a third less than by the log. */
export function createDatabase(url: string, name: string, template?: string): Promise<void> {
  const from = template ? `template ${template} strategy file_copy` : ''
  return onServer(url, `create database ${name} ${from}`)
}

/** The same server's address with another database. */
export function withDatabase(url: string, database: string): string {
  return url.replace(/\/[^/?]*(\?|$)/, `/${database}$1`)
}
