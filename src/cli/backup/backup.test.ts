import { mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { makeCustomer } from '../../../test/make.ts'
import { createTestSite, type TestSite } from '../../../test/site.ts'
import { aRecord } from '../../../test/usage.ts'
import { openCore } from '../../compose.ts'
import { inTransaction } from '../../core/app.ts'
import { parseConfig } from '../../core/config.ts'
import { listContents } from '../../core/db/dump.ts'
import { applyMigrations, countMigrations, readSchemaState } from '../../core/db/migrate.ts'
import { readWaitingJobs } from '../../core/jobs/waiting-jobs.ts'
import { queueMail } from '../../core/mail/mail.ts'
import { recordUsage } from '../../features/usage/record-usage.ts'
import { writeBackup } from './backup.ts'
import { restoreBackup } from './restore.ts'

const strange = 'Zoë "Tab\tNewline\nBackslash\\" 🙂 \\N'

async function onDatabase<R>(url: string, work: (client: pg.Client) => Promise<R>): Promise<R> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Every row of every table, in a form to be compared. */
const readAll = (site: TestSite) =>
  onDatabase(site.databaseUrl, async (client) => {
    const { tables, sequences } = await listContents(client)
    const all: Record<string, unknown> = { sequences }
    for (const { name } of tables)
      all[name] = (await client.query(`select * from "${name}" order by "${name}"::text`)).rows
    return all
  })

async function fill(site: TestSite) {
  const { app, close } = await openCore(parseConfig(site.env))
  const customer = await makeCustomer(app, { plan: { name: strange } })
  const records = Array.from({ length: 3000 }, (_, i) =>
    aRecord(customer, Date.now() - (i % 3) * 86_400_000, { path: `/${strange}/${i}` }),
  )
  await recordUsage(app, { segment: 'a-1', from: 0, to: 100, records })
  const mail = { to: 'ada@example.com', subject: strange, html: '<p>x</p>', text: 'x' }
  await inTransaction(app, (tx) => queueMail(tx, 'tests.hello', mail))
  await close()
  for (const folder of ['docs/guides', 'journal'])
    await mkdir(join(site.dataDir, folder), { recursive: true })
  await writeFile(join(site.dataDir, 'docs/guides/start.md'), strange)
  await writeFile(join(site.dataDir, 'journal/a-1.journal'), '["end"]\n\n')
}

const backUp = (site: TestSite, file: string) => writeBackup(parseConfig(site.env), file)
const restore = (site: TestSite, file: string, force = false, env = {}) =>
  restoreBackup(parseConfig({ ...site.env, ...env }), file, { force })

test('what is restored is what was backed up: rows, waiting jobs, secrets, documents, journal', async () => {
  await using from = await createTestSite()
  await using to = await createTestSite()
  await fill(from)
  const file = join(from.dataDir, 'backup.tar.gz')
  const written = await backUp(from, file)
  expect(written.rows).toBeGreaterThan(3000)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const restored = await restore(to, file)
  expect(restored.rows).toBe(written.rows)

  expect(await readAll(to)).toEqual(await readAll(from))
  const waiting = (site: TestSite) => onDatabase(site.databaseUrl, readWaitingJobs)
  expect(await waiting(to)).toEqual(await waiting(from))
  expect(await waiting(to)).toMatchObject([{ name: 'notifications.send-mail' }])
  for (const path of ['secret', 'admin-token', 'docs/guides/start.md', 'journal/a-1.journal']) {
    const [ours, theirs] = [from, to].map(({ dataDir }) => readFile(join(dataDir, path), 'utf8'))
    expect(await theirs).toBe(await ours)
  }
  expect((await readdir(to.dataDir)).sort()).toEqual(['admin-token', 'docs', 'journal', 'secret'])
  // What guards the rows does so again.
  const tamper = onDatabase(to.databaseUrl, (client) => client.query('delete from audit_log'))
  await expect(tamper).rejects.toThrow()
})

/** A site with one row, and a journal, to be told from others by. */
async function createNotedSite(text: string): Promise<TestSite> {
  const site = await createTestSite({ isMigrated: true })
  await onDatabase(site.databaseUrl, (client) =>
    client.query("insert into settings (key, value) values ('portal_company_name', $1)", [
      JSON.stringify(text),
    ]),
  )
  await mkdir(join(site.dataDir, 'journal'))
  await writeFile(join(site.dataDir, `journal/${text}-1.journal`), '["end"]\n\n')
  await writeFile(join(site.dataDir, 'secret'), `${text}, a secret of the data directory`)
  return site
}

test('a database with rows in it is replaced only by force, and then whole', async () => {
  await using from = await createNotedSite('new')
  await using to = await createNotedSite('old')
  const file = join(from.dataDir, 'backup.tar.gz')
  await backUp(from, file)
  const before = await readAll(to)
  await expect(restore(to, file)).rejects.toMatchObject({ code: 'not_empty' })
  expect(await readAll(to)).toEqual(before)
  await restore(to, file, true)
  expect(await readAll(to)).toEqual(await readAll(from))
  expect(await readdir(join(to.dataDir, 'journal'))).toEqual(['new-1.journal'])
})

test('a backup that is cut off, or no backup at all, leaves everything as it was', async () => {
  await using from = await createNotedSite('new')
  await using to = await createNotedSite('old')
  const file = join(from.dataDir, 'backup.tar.gz')
  await backUp(from, file)
  const before = await readAll(to)
  await truncate(file, (await stat(file)).size - 100)
  await expect(restore(to, file, true)).rejects.toMatchObject({ code: 'not_a_backup' })
  await writeFile(file, 'something else')
  await expect(restore(to, file, true)).rejects.toMatchObject({ code: 'not_a_backup' })
  await expect(restore(to, `${file}.gone`, true)).rejects.toMatchObject({ code: 'not_found' })
  expect(await readAll(to)).toEqual(before)
  expect((await readdir(to.dataDir)).sort()).toEqual(['journal', 'secret'])
})

test('a backup is bound to its secret, wherever that is kept', async () => {
  await using from = await createTestSite({ isMigrated: true })
  await using to = await createTestSite()
  const APIGATE_SECRET = 'a secret of the environment, long enough'
  Object.assign(from.env, { APIGATE_SECRET })
  const file = join(from.dataDir, 'backup.tar.gz')
  await backUp(from, file)
  await expect(restore(to, file)).rejects.toMatchObject({ code: 'secret_changed' })
  const other = { APIGATE_SECRET: `${APIGATE_SECRET}, and other` }
  await expect(restore(to, file, false, other)).rejects.toMatchObject({ code: 'secret_changed' })
  await restore(to, file, false, { APIGATE_SECRET })
  expect(await readdir(to.dataDir)).not.toContain('secret')
})

test('a backup of an older release is brought up to date', async () => {
  await using from = await createTestSite()
  await using to = await createTestSite()
  await writeFile(join(from.dataDir, 'secret'), 'a secret of long ago')
  await onDatabase(from.databaseUrl, async (client) => {
    await applyMigrations(client, 2)
    await client.query(
      "insert into settings (key, value) values ('portal_company_name', '\"Old\"')",
    )
  })
  const file = join(from.dataDir, 'backup.tar.gz')
  await backUp(from, file)
  await restore(to, file)
  await onDatabase(to.databaseUrl, async (client) => {
    expect(await readSchemaState(client)).toEqual({ applied: countMigrations(), pending: 0 })
    const { rows } = await client.query('select key, value from settings')
    expect(rows).toEqual([{ key: 'portal_company_name', value: 'Old' }])
  })
})
