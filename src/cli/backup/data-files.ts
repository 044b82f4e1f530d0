import {
  chown,
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { ownerFile } from '../../core/sign-of-life.ts'
import { notABackup } from './manifest.ts'

/** What of the data directory is kept otherwise, or comes to be again. */
const left = new Set(['postgres', 'restoring', ownerFile])

/** The files of the data directory but for the database and the journal, by their paths in it. */
export async function listDataFiles(dataDir: string, archive: string): Promise<string[]> {
  const found = await readdir(dataDir, { recursive: true, withFileTypes: true })
  const ours = [archive, `${archive}.partial`].map((path) => resolve(path))
  return found
    .filter((entry) => entry.isFile() && !ours.includes(join(entry.parentPath, entry.name)))
    .map((entry) => relative(dataDir, join(entry.parentPath, entry.name)))
    .filter((path) => !left.has(path.split('/')[0]!) && !path.startsWith('journal/'))
    .sort()
}

export const readDataFile = (dataDir: string, path: string) => readFile(join(dataDir, path))

/**
 * Holds the segments of the journal open: the server removes each one as soon as the database has it
 * all, which may be between our look at the database and our reading.
 */
export function holdJournal(dataDir: string) {
  const directory = join(dataDir, 'journal')
  const held = new Map<string, FileHandle>()
  return {
    /** Opens the segments that are there now and are not held yet. */
    hold: async () => {
      const names = await readdir(directory).catch(() => [])
      for (const name of names) {
        if (held.has(name)) continue
        const file = await open(join(directory, name)).catch(() => null)
        if (file) held.set(name, file)
      }
    },
    read: async function* (): AsyncGenerator<[name: string, bytes: Buffer]> {
      for (const [name, file] of held) yield [name, await file.readFile()]
    },
    release: async () => {
      for (const file of held.values()) await file.close()
    },
  }
}

/** Puts a file of a backup beside its place, where nothing reads it yet. */
export async function stageDataFile(staging: string, path: string, bytes: Buffer): Promise<void> {
  const target = resolve(staging, path)
  if (!target.startsWith(`${resolve(staging)}${sep}`))
    throw notABackup(`It names the file ${path}.`)
  await mkdir(dirname(target), { recursive: true, mode: 0o700 })
  await writeFile(target, bytes, { mode: 0o600, flush: true })
}

/** Moves what was staged to its place. A journal of other times would be counted into the new database, and goes. */
export async function replaceDataFiles(dataDir: string, staging: string): Promise<void> {
  await rm(join(dataDir, 'journal'), { recursive: true, force: true })
  const names = await readdir(staging).catch(() => [])
  const { uid, gid } = await stat(dataDir)
  for (const name of names) {
    await rm(join(dataDir, name), { recursive: true, force: true })
    await rename(join(staging, name), join(dataDir, name))
  }
  // Root may restore for the user who runs the server.
  if (process.getuid?.() !== 0) return
  for (const name of names) {
    const inside = await readdir(join(dataDir, name), { recursive: true }).catch(() => [])
    for (const path of ['.', ...inside]) await chown(join(dataDir, name, path), uid, gid)
  }
}
