import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { createDatabase, onServer, withDatabase } from './postgres.ts'

export type TestSite = {
  env: Record<string, string>
  dataDir: string
  databaseUrl: string
  [Symbol.asyncDispose]: () => Promise<void>
}

/** What an operator has before the first start: an environment, an empty directory, an empty database. */
export async function createTestSite({ isMigrated = false } = {}): Promise<TestSite> {
  const server = inject('server')
  const name = `site_${randomBytes(6).toString('hex')}`
  await createDatabase(server, name, isMigrated ? inject('template') : undefined)
  const databaseUrl = withDatabase(server, name)
  const dataDir = await mkdtemp(join(tmpdir(), 'apigate-site-'))
  return {
    env: { DATABASE_URL: databaseUrl, APIGATE_DATA_DIR: dataDir, APIGATE_LOG_LEVEL: 'silent' },
    dataDir,
    databaseUrl,
    [Symbol.asyncDispose]: async () => {
      await rm(dataDir, { recursive: true, force: true })
      await onServer(server, `drop database if exists ${name} with (force)`)
    },
  }
}
