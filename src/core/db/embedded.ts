import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { chmod, chown, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { AppError } from '../errors.ts'
import { findBinaries } from './embedded-binaries.ts'
import { findRunner, type Runner, run } from './embedded-runner.ts'
import { findRunningSocket, openSocketFolder } from './embedded-socket.ts'

export type EmbeddedPostgres = {
  /** Address for `pg`, with the socket's directory in it. */
  url: string
  pid: number
  /** Ends it in order; connections that are still open are cut. */
  stop: () => Promise<void>
}

export type EmbeddedOptions = {
  /** Where the cluster lives. The caller holds the lock on it: two owners would fight. */
  directory: string
  database?: string
  /** False for a throw-away cluster: no fsync. */
  durable?: boolean
  log: (line: string) => void
}

const superuser = 'apigate'
const mainDatabase = 'apigate'
const startTimeoutMs = 60_000

const urlOf = (socketDirectory: string, database: string) =>
  `postgresql://${superuser}@/${database}?host=${encodeURIComponent(socketDirectory)}`

/** The address of a cluster's database while another process runs it. */
export async function findEmbeddedPostgres(directory: string): Promise<string | undefined> {
  const socketDirectory = await findRunningSocket(directory)
  return socketDirectory && urlOf(socketDirectory, mainDatabase)
}

/**
 * Starts the PostgreSQL that comes with the npm packages on a cluster in `directory`, which is made
 * when absent. It listens on a Unix socket only. A server that an earlier owner left behind is
 * stopped first. Started as root, it runs as an unprivileged user.
 * @throws AppError `unavailable` for what an operator can mend: no binary, wrong owner, other version.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { directory, database = mainDatabase, durable = true, log } = options
  const installed = findBinaries()
  const isNew = !existsSync(join(directory, 'PG_VERSION'))
  if (isNew) await mkdir(directory, { recursive: true, mode: 0o700 })
  const { runner, binaries } = await findRunner(installed, directory, isNew)
  if (isNew) {
    await initialize(runner, binaries.initdb, directory, durable)
    log('made a new database cluster')
  } else {
    await assertVersion(directory, binaries.major)
    await stopOrphan(runner, binaries.pgCtl, directory, log)
  }
  const sockets = await openSocketFolder(directory, runner)
  const server = launch(runner, binaries.postgres, {
    directory,
    socketDirectory: sockets.path,
    durable,
  })
  const stop = async () => {
    await server.stop()
    await sockets.remove()
  }
  try {
    await waitUntilReady(urlOf(sockets.path, 'postgres'), server.exited)
    await ensureDatabase(urlOf(sockets.path, 'postgres'), database)
  } catch (error) {
    await stop()
    throw new AppError(
      'unavailable',
      'database_start_failed',
      `The embedded PostgreSQL did not start: ${lastLogLines(directory) || String(error)}`,
    )
  }
  return { url: urlOf(sockets.path, database), pid: server.pid, stop }
}

async function initialize(runner: Runner, initdb: string, directory: string, durable: boolean) {
  await chmod(directory, 0o700)
  if (runner.uid !== undefined) await chown(directory, runner.uid, runner.gid ?? runner.uid)
  const args = [
    ...['-D', directory, '-U', superuser, '--auth=trust', '--encoding=UTF8'],
    ...['--locale-provider=builtin', '--locale=C.UTF-8'],
    ...(durable ? [] : ['--no-sync']),
  ]
  const made = await run(runner, initdb, args)
  if (made.code === 0) return
  // A cluster that was made by half must not look like one at the next start.
  await rm(join(directory, 'PG_VERSION'), { force: true })
  throw new AppError('unavailable', 'database_init_failed', `initdb failed: ${made.output.trim()}`)
}

async function assertVersion(directory: string, major: string): Promise<void> {
  const version = (await readFile(join(directory, 'PG_VERSION'), 'utf8')).trim()
  if (version === major) return
  throw new AppError(
    'unavailable',
    'database_version_mismatch',
    `The database in ${directory} was made by PostgreSQL ${version}, and this release brings ${major}. Restore a backup into a new directory, or set DATABASE_URL to a server of version ${version}.`,
  )
}

/** Stops a server whose owner was killed; we hold the owner's lock, so it has none. */
async function stopOrphan(
  runner: Runner,
  pgCtl: string,
  directory: string,
  log: (line: string) => void,
) {
  if (!existsSync(join(directory, 'postmaster.pid'))) return
  const status = await run(runner, pgCtl, ['status', '-D', directory])
  if (status.code !== 0) return
  log('stopping a database server that an earlier run left behind')
  const stopped = await run(runner, pgCtl, [
    'stop',
    '-D',
    directory,
    '-m',
    'fast',
    '-w',
    '-t',
    '30',
  ])
  if (stopped.code !== 0)
    await run(runner, pgCtl, ['stop', '-D', directory, '-m', 'immediate', '-w'])
}

type Launch = { directory: string; socketDirectory: string; durable: boolean }

function launch(runner: Runner, postgres: string, { directory, socketDirectory, durable }: Launch) {
  const settings = {
    listen_addresses: '',
    unix_socket_directories: socketDirectory,
    unix_socket_permissions: '0700',
    max_connections: '60',
    shared_buffers: '64MB',
    effective_cache_size: '512MB',
    maintenance_work_mem: '64MB',
    max_wal_size: '1GB',
    jit: 'off',
    logging_collector: 'off',
    // How it starts and ends. A statement that failed is told by whoever sent it, without people's data.
    ...{ log_min_messages: 'log', log_checkpoints: 'off' },
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const log = openSync(join(directory, 'server.log'), 'w', 0o600)
  const [command, prefix] = runner.wrap(postgres, ['-D', directory, ...args])
  // A process group of its own: Ctrl-C in the terminal is ours to handle first.
  const child = spawn(command, prefix, {
    ...runner.spawnOptions,
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.unref()
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const isRunning = () => child.exitCode === null && child.signalCode === null
  const stop = async () => {
    for (const [signal, waitMs] of [
      ['SIGINT', 15_000],
      ['SIGQUIT', 5_000],
      ['SIGKILL', 5_000],
    ] as const) {
      if (!isRunning()) return
      child.ref()
      child.kill(signal)
      await Promise.race([exited, sleep(waitMs, undefined, { ref: false })])
    }
  }
  return { pid: child.pid ?? 0, stop, exited }
}

async function waitUntilReady(url: string, exited: Promise<void>): Promise<void> {
  let hasExited = false
  void exited.then(() => {
    hasExited = true
  })
  const deadline = Date.now() + startTimeoutMs
  while (!hasExited && Date.now() < deadline) {
    const client = new pg.Client({ connectionString: url })
    try {
      await client.connect()
      return
    } catch {
      await sleep(25)
    } finally {
      await client.end().catch(() => {})
    }
  }
  throw new Error(hasExited ? 'it ended at once' : 'it did not answer in time')
}

async function ensureDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [name])
    if (found.rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`)
  } finally {
    await client.end()
  }
}

function lastLogLines(directory: string): string {
  try {
    return readFileSync(join(directory, 'server.log'), 'utf8')
      .trim()
      .split('\n')
      .slice(-5)
      .join(' ')
  } catch {
    return ''
  }
}
