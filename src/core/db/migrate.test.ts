import pg from 'pg'
import { expect, test } from 'vitest'
import { createTestSite } from '../../../test/site.ts'
import { applyMigrations, migrateDb, readSchemaState } from './migrate.ts'

async function connect(url: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() })
}

test('two processes that migrate at once apply each migration once', async () => {
  await using site = await createTestSite()
  const counts = await Promise.all([migrateDb(site.databaseUrl), migrateDb(site.databaseUrl)])
  await using client = await connect(site.databaseUrl)
  const { applied, pending } = await readSchemaState(client)
  expect(pending).toBe(0)
  expect(counts.toSorted()).toEqual([0, applied])
  const { rows } = await client.query('select count(*)::int from drizzle.__drizzle_migrations')
  expect(rows).toEqual([{ count: applied }])
})

test('a database can be brought to an older state first, and then on', async () => {
  await using site = await createTestSite()
  await using client = await connect(site.databaseUrl)
  expect(await applyMigrations(client, 2)).toBe(2)
  expect(await readSchemaState(client)).toMatchObject({ applied: 2 })
  const { pending } = await readSchemaState(client)
  expect(await migrateDb(site.databaseUrl)).toBe(pending)
})

test('a database that does not answer is said in a sentence, with what to check', async () => {
  await expect(migrateDb('postgres://nobody@127.0.0.1:1/none')).rejects.toMatchObject({
    code: 'database_unreachable',
    message: 'The database does not answer (connect ECONNREFUSED 127.0.0.1:1). Check DATABASE_URL.',
  })
})

test('a database of a newer release is left alone', async () => {
  await using site = await createTestSite({ isMigrated: true })
  await using client = await connect(site.databaseUrl)
  await client.query(
    "insert into drizzle.__drizzle_migrations (hash, created_at) values ('of tomorrow', 4102444800000)",
  )
  await expect(migrateDb(site.databaseUrl)).rejects.toMatchObject({ code: 'database_too_new' })
})
