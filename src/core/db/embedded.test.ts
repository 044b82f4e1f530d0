import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test, vi } from 'vitest'
import { startEmbeddedPostgres } from './embedded.ts'

const log = () => {}

async function temporary() {
  const path = await mkdtemp(join(tmpdir(), 'apigate-embedded-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('a cluster in a folder that only its owner may enter starts, stops and starts again with its data', async () => {
  await using folder = await temporary()
  await chmod(folder.path, 0o700)
  const directory = join(folder.path, 'data', 'postgres')
  const first = await startEmbeddedPostgres({ directory, log })
  await query(first.url, "create table notes (text text); insert into notes values ('kept')")
  const [settings] = await query(
    first.url,
    "select current_setting('fsync') as fsync, current_setting('listen_addresses') as addresses",
  )
  expect(settings).toEqual({ fsync: 'on', addresses: '' })
  await expect(query(first.url, "select 'ada@example.com'::int")).rejects.toThrow('ada@example.com')
  const said = await readFile(join(directory, 'server.log'), 'utf8')
  expect(said).toContain('ready to accept connections')
  expect(said).not.toContain('ada@example.com')
  await first.stop()
  expect(isAlive(first.pid)).toBe(false)
  const second = await startEmbeddedPostgres({ directory, log })
  expect(await query(second.url, 'select text from notes')).toEqual([{ text: 'kept' }])
  await second.stop()
})

test('a path too long for a socket still works, by a folder that goes with the server', async () => {
  await using folder = await temporary()
  const directory = join(folder.path, 'a'.repeat(100), 'postgres')
  const server = await startEmbeddedPostgres({ directory, durable: false, log })
  expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }])
  const sockets = decodeURIComponent(server.url.split('host=')[1]!)
  expect(existsSync(sockets)).toBe(true)
  await server.stop()
  expect(existsSync(sockets)).toBe(false)
})

test('a cluster of another major version is refused with a way out', async () => {
  await using folder = await temporary()
  await writeFile(join(folder.path, 'PG_VERSION'), '12\n')
  await expect(startEmbeddedPostgres({ directory: folder.path, log })).rejects.toMatchObject({
    code: 'database_version_mismatch',
    message: expect.stringContaining('PostgreSQL 12'),
  })
})

test('a cluster that belongs to somebody else is refused with a way out', async () => {
  await using folder = await temporary()
  await writeFile(join(folder.path, 'PG_VERSION'), '18\n')
  using _ = vi.spyOn(process, 'getuid').mockReturnValue(4321)
  const owner = (await stat(folder.path)).uid
  await expect(startEmbeddedPostgres({ directory: folder.path, log })).rejects.toMatchObject({
    code: 'database_not_permitted',
    message: `${folder.path} belongs to user ${owner}. Start as that user or as root, or set another APIGATE_DATA_DIR.`,
  })
})

test('a platform without a binary is told, and what to set', async () => {
  await using folder = await temporary()
  const { arch } = process
  Object.defineProperty(process, 'arch', { value: 'mips' })
  try {
    await expect(startEmbeddedPostgres({ directory: folder.path, log })).rejects.toMatchObject({
      code: 'no_embedded_database',
      message: expect.stringMatching(
        /for \w+-mips .* Set DATABASE_URL to a PostgreSQL 15 or newer/,
      ),
    })
  } finally {
    Object.defineProperty(process, 'arch', { value: arch })
  }
})
