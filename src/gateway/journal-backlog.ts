import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

export type Backlog = {
  /** What stands in the files and is not recorded yet. */
  waitingBytes: number
  /** Records that the database refused, kept in `rejected.jsonl`. */
  rejected: number
}

/** How much of the journal waits to be recorded. `cursors` tells how far each segment was. */
export async function measureBacklog(
  directory: string,
  cursors: Map<string, number>,
): Promise<Backlog> {
  const backlog = { waitingBytes: 0, rejected: 0 }
  for (const name of await listNames(directory)) {
    const path = join(directory, name)
    if (name.endsWith('.journal')) {
      const { size } = await stat(path)
      backlog.waitingBytes += Math.max(0, size - (cursors.get(name) ?? 0))
    } else if (name === 'rejected.jsonl') {
      backlog.rejected = (await readFile(path, 'utf8')).split('\n').length - 1
    }
  }
  return backlog
}

async function listNames(directory: string): Promise<string[]> {
  return readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
}
