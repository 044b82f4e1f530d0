import { createHash, randomBytes } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from './errors.ts'
import { giveSigns, isOwnedElsewhere } from './sign-of-life.ts'

export type DataDir = {
  path: string
  /** Signs and seals; kept here unless APIGATE_SECRET is set. */
  secret: string
  /** Opens the admin APIs; the CLI reads it here. */
  adminToken: string
  release: () => Promise<void>
}

/**
 * Opens the data directory for one process: makes it when absent, locks it, and reads or makes its
 * secrets (mode 0600).
 * @throws AppError `data_dir_in_use` while another process has it.
 */
export async function openDataDir(path: string, givenSecret: string | null): Promise<DataDir> {
  const release = await lockDataDir(path)
  const secret = givenSecret ?? (await readOrMake(join(path, 'secret')))
  const adminToken = await readOrMake(join(path, 'admin-token'))
  return { path, secret, adminToken, release }
}

async function readOrMake(file: string): Promise<string> {
  const found = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    // What is there but cannot be read must not be made anew: everything sealed with it would be lost.
    if (error.code !== 'ENOENT') throw error
    return null
  })
  if (found !== null) return assertSecret(file, found.trim())
  const made = randomBytes(32).toString('base64url')
  await writeFile(`${file}.new`, `${made}\n`, { mode: 0o600, flush: true })
  await rename(`${file}.new`, file)
  return made
}

function assertSecret(file: string, text: string): string {
  if (text.length >= 16) return text
  throw new AppError(
    'unavailable',
    'secret_damaged',
    `${file} holds no secret any more. Bring it back from a backup, or delete it to begin anew.`,
  )
}

/** Where the lock of a directory listens: a name in the kernel on Linux, a socket file elsewhere. */
function lockAddress(path: string): string {
  const name = `apigate-${createHash('sha256').update(realpathSync(path)).digest('hex').slice(0, 24)}`
  return process.platform === 'linux' ? `\0${name}` : join(tmpdir(), `${name}.lock`)
}

/** True when a process has the directory open. */
export async function isLocked(path: string): Promise<boolean> {
  try {
    return await answers(lockAddress(path))
  } catch {
    return false
  }
}

/**
 * Takes the data directory for one process, and makes it when absent.
 * @throws AppError `data_dir_in_use` while another process has it.
 */
export async function lockDataDir(path: string, patienceMs?: number): Promise<() => Promise<void>> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  const unlock = await lockDirectory(path)
  if (await isOwnedElsewhere(path, patienceMs)) {
    await unlock()
    throw inUse(path, ' in another container')
  }
  const fallSilent = await giveSigns(path)
  return async () => {
    await fallSilent()
    await unlock()
  }
}

function inUse(path: string, where = ''): AppError {
  return new AppError(
    'unavailable',
    'data_dir_in_use',
    `Another Apigate runs on ${path}${where}. Stop it first, or set another APIGATE_DATA_DIR.`,
  )
}

/** The lock is a listening socket, which the kernel ends with its process, however that dies. */
async function lockDirectory(path: string): Promise<() => Promise<void>> {
  const address = lockAddress(path)
  const server = await listen(address).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error
    if (await answers(address)) throw inUse(path)
    // A socket file whose process died.
    await unlink(address)
    return listen(address)
  })
  server.unref()
  return () => new Promise((resolve) => server.close(() => resolve()))
}

function listen(address: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', reject)
    server.listen(address, () => resolve(server))
  })
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
