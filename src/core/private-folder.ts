import { createHash } from 'node:crypto'
import { chown, lstat, mkdir, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from './errors.ts'

export type PrivateFolder = { path: string; remove: () => Promise<void> }

/**
 * A folder with a short path, as sockets want it, that only its owner may enter. The next start for the
 * same directory finds it again, so that nothing piles up behind processes that were killed.
 * @throws AppError `socket_directory_taken` where it belongs to somebody else.
 */
export async function openPrivateFolder(
  directory: string,
  owner: { uid?: number; gid?: number } = {},
): Promise<PrivateFolder> {
  const name = createHash('sha256')
    .update(await realpath(directory))
    .digest('hex')
    .slice(0, 16)
  const path = join(tmpdir(), `apigate-${name}`)
  await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  const us = process.getuid?.()
  const found = await lstat(path)
  if (!found.isDirectory() || (us !== undefined && found.uid !== us && found.uid !== owner.uid)) {
    throw new AppError(
      'unavailable',
      'socket_directory_taken',
      `${path} belongs to somebody else. Remove it, or set TMPDIR to another folder.`,
    )
  }
  if (owner.uid !== undefined) await chown(path, owner.uid, owner.gid ?? owner.uid)
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}
