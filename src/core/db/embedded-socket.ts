import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openPrivateFolder, type PrivateFolder } from '../private-folder.ts'
import type { Runner } from './embedded-runner.ts'

/** A Unix socket's path has 108 bytes at most, 104 on some systems, its closing zero included. */
const maxPath = 103
const socketName = '.s.PGSQL.5432'

/** The cluster's own folder, or where that is too long a path, a private one. */
export async function openSocketFolder(directory: string, runner: Runner): Promise<PrivateFolder> {
  if (Buffer.byteLength(join(directory, socketName)) > maxPath)
    return openPrivateFolder(directory, runner)
  return { path: directory, remove: async () => {} }
}

/** Where the server of a cluster that runs now listens, as it says itself; undefined when none does. */
export async function findRunningSocket(directory: string): Promise<string | undefined> {
  const text = await readFile(join(directory, 'postmaster.pid'), 'utf8').catch(() => '')
  return text.split('\n')[4] || undefined
}
