import { randomBytes } from 'node:crypto'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { expect, inject, test } from 'vitest'
import { onServer, withDatabase } from '../../../test/postgres.ts'
import type { App } from '../../core/app.ts'
import { connectDb } from '../../core/db/db.ts'
import { migrateDb } from '../../core/db/migrate.ts'
import { packageRoot } from '../../core/package-root.ts'
import { verifyAudit } from './verify-audit.ts'

type Journal = { entries: { tag: string }[] }

/** The migrations before the one that makes the chain. */
async function earlierMigrations(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'apigate-migrations-'))
  await cp(join(packageRoot(), 'migrations'), folder, { recursive: true })
  const file = join(folder, 'meta', '_journal.json')
  const journal = JSON.parse(await readFile(file, 'utf8')) as Journal
  const chain = journal.entries.findIndex(({ tag }) => tag.endsWith('_audit-chain'))
  journal.entries.splice(chain)
  await writeFile(file, JSON.stringify(journal))
  return folder
}

test('rows from before there was a chain are put into it, the oldest first', async () => {
  const name = `test_${randomBytes(6).toString('hex')}`
  await onServer(inject('server'), `create database ${name}`)
  const url = withDatabase(inject('server'), name)
  const { db, close } = connectDb(url)
  const migrationsFolder = await earlierMigrations()
  try {
    await migrate(db as never, { migrationsFolder })
    await db.execute(sql`
      insert into audit_log (id, time, actor_type, actor_email, action, target_type, target_id, ip)
      select 'aud_' || n, now() - n * interval '1 day', 'user', 'ada@example.com', 'keys.issued', 'key', 'k', '::1'
      from generate_series(1, 3) as n`)
    await migrateDb(url)
    const app = { db } as App
    expect(await verifyAudit(app, { type: 'system' })).toMatchObject({
      ...{ rows: 3, head: { id: 'aud_1' }, broken: null },
    })
  } finally {
    await close()
    await rm(migrationsFolder, { recursive: true })
    await onServer(inject('server'), `drop database ${name} with (force)`)
  }
})
