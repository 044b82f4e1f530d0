import { spawn } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
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
  await first.stop()
  expect(isAlive(first.pid)).toBe(false)
  const second = await startEmbeddedPostgres({ directory, log })
  expect(await query(second.url, 'select text from notes')).toEqual([{ text: 'kept' }])
  await second.stop()
})

test('a path too long for a socket still works', async () => {
  await using folder = await temporary()
  const directory = join(folder.path, 'a'.repeat(100), 'postgres')
  const server = await startEmbeddedPostgres({ directory, durable: false, log })
  expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }])
  await server.stop()
})

test('a server whose owner was killed is stopped, and its committed rows are there', async () => {
  await using folder = await temporary()
  const directory = join(folder.path, 'postgres')
  const program = `
    import { startEmbeddedPostgres } from ${JSON.stringify(new URL('./embedded.ts', import.meta.url).href)}
    import pg from ${JSON.stringify(import.meta.resolve('pg'))}
    const server = await startEmbeddedPostgres({ directory: ${JSON.stringify(directory)}, log: () => {} })
    const client = new pg.Client({ connectionString: server.url })
    await client.connect()
    await client.query("create table notes (text text); insert into notes values ('kept')")
    console.log(server.pid)
    setInterval(() => {}, 1000)`
  const script = join(folder.path, 'owner.ts')
  await writeFile(script, program)
  const owner = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const pid = Number(
    await new Promise((resolve) => owner.stdout.once('data', (data) => resolve(String(data)))),
  )
  owner.kill('SIGKILL')
  await new Promise((resolve) => owner.once('exit', resolve))
  expect(isAlive(pid)).toBe(true)

  const lines: string[] = []
  const next = await startEmbeddedPostgres({ directory, log: (line) => lines.push(line) })
  expect(lines.join()).toContain('left behind')
  expect(await query(next.url, 'select text from notes')).toEqual([{ text: 'kept' }])

  process.kill(next.pid, 'SIGKILL')
  const recovered = await startEmbeddedPostgres({ directory, log })
  expect(await query(recovered.url, 'select text from notes')).toEqual([{ text: 'kept' }])
  await recovered.stop()
})

test('a cluster of another major version is refused with a way out', async () => {
  await using folder = await temporary()
  await writeFile(join(folder.path, 'PG_VERSION'), '12\n')
  await expect(startEmbeddedPostgres({ directory: folder.path, log })).rejects.toMatchObject({
    code: 'database_version_mismatch',
    message: expect.stringContaining('PostgreSQL 12'),
  })
})
