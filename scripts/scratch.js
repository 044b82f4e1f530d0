import { chmodSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const neededBytes = 4 * 1024 ** 3

/**
 * A folder for what tests throw away, in memory where there is room: they make and drop databases by
 * the hundred. Folders of runs that were killed go with the next.
 */
export function makeScratch() {
  const root = findRoot()
  for (const name of readdirSync(root)) {
    const pid = /^apigate-test-(\d+)-/.exec(name)?.[1]
    if (pid && !isAlive(Number(pid))) removeScratch(join(root, name))
  }
  const path = mkdtempSync(join(root, `apigate-test-${process.pid}-`))
  // Some tests run programs as somebody with no rights.
  chmodSync(path, 0o755)
  return path
}

export function removeScratch(path) {
  rmSync(path, { recursive: true, force: true, maxRetries: 3 })
}

function findRoot() {
  if (process.env.TMPDIR) return tmpdir()
  try {
    const { bavail, bsize } = statfsSync('/dev/shm')
    if (bavail * bsize >= neededBytes) return '/dev/shm'
  } catch {
    // Only Linux has it.
  }
  return tmpdir()
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
