import { createHash } from 'node:crypto'
import { chown, lstat, mkdir, readFile, realpath } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../errors.ts'
import type { Runner } from './embedded-runner.ts'

/** A Unix socket's path has 108 bytes at most, 104 on some systems, its closing zero included. */
const maxPath = 103
const socketName = '.s.PGSQL.5432'

/** The cluster's own folder, or where that is too long a path, a private one that its next start finds again. */
export async function findSocketDirectory(directory: string, runner: Runner): Promise<string> {
  if (Buffer.byteLength(join(directory, socketName)) <= maxPath) return directory
  const name = createHash('sha256')
    .update(await realpath(directory))
    .digest('hex')
    .slice(0, 16)
  const short = join(tmpdir(), `apigate-${name}`)
  await mkdir(short, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  const us = process.getuid?.()
  const owner = await lstat(short)
  if (!owner.isDirectory() || (us !== undefined && owner.uid !== us && owner.uid !== runner.uid)) {
    throw new AppError(
      'unavailable',
      'socket_directory_taken',
      `${short} belongs to somebody else. Remove it, or set a shorter APIGATE_DATA_DIR.`,
    )
  }
  if (runner.uid !== undefined) await chown(short, runner.uid, runner.gid ?? runner.uid)
  return short
}

/** Where the server of a cluster that runs now listens, as it says itself; undefined when none does. */
export async function findRunningSocket(directory: string): Promise<string | undefined> {
  const text = await readFile(join(directory, 'postmaster.pid'), 'utf8').catch(() => '')
  return text.split('\n')[4] || undefined
}
