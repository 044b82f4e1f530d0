import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../core/config.ts'
import { isLocked, openDataDir } from '../core/data-dir.ts'
import { findEmbeddedPostgres } from '../core/db/embedded.ts'
import { openDatabase } from '../core/db/open-database.ts'
import { AppError } from '../core/errors.ts'

/** The server's own things, to be looked at and kept as they are: nothing is migrated. */
export type Site = {
  databaseUrl: string
  /** True while a server runs on the data directory. */
  isServing: boolean
  close: () => Promise<void>
}

/** Opens the database beside the server that runs, or, when none does, in its place. */
async function openSite(config: Config): Promise<Site> {
  const { dataDir, database } = config
  if (await isLocked(dataDir)) {
    const url =
      database.kind === 'external' ? database.url : await findEmbeddedPostgres(database.directory)
    if (url) return { databaseUrl: url, isServing: true, close: async () => {} }
    throw new AppError(
      'unavailable',
      'database_unreachable',
      `A server holds ${dataDir}, and its database does not run. It may be starting: try again in a moment.`,
    )
  }
  const { release } = await openDataDir(dataDir, config.secret)
  try {
    const { url, close: closeDatabase } = await openDatabase(config, () => {})
    const close = async () => {
      await closeDatabase()
      await release()
    }
    return { databaseUrl: url, isServing: false, close }
  } catch (error) {
    await release()
    throw error
  }
}

/** Opens the site for as long as `work` takes. */
export async function withSite<R>(config: Config, work: (site: Site) => Promise<R>): Promise<R> {
  const site = await openSite(config)
  try {
    return await work(site)
  } finally {
    await site.close()
  }
}

/** True where there is a database already: the operator's own, or a cluster in the data directory. */
export function hasDatabase({ database }: Config): boolean {
  return database.kind === 'external' || existsSync(join(database.directory, 'PG_VERSION'))
}
