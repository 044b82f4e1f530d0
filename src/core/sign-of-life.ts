import { readFileSync, readlinkSync } from 'node:fs'
import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export const ownerFile = 'owner'

const beatMs = 1000
/** Longer than a busy owner is silent. */
const usualPatienceMs = 5000
/** A sign as old as this is nobody's, and need not be watched. */
const forgottenMs = 60_000

/**
 * The lock of a directory is seen where its sockets are: in another container on the same volume it is
 * not. So its owner says in a file where it is, and touches it every second.
 */
export async function giveSigns(path: string): Promise<() => Promise<void>> {
  const file = join(path, ownerFile)
  // Made anew: the last owner may have been another user.
  await rm(file, { force: true })
  await writeFile(file, placeOfSockets(), { mode: 0o600 })
  const timer = setInterval(() => {
    const now = new Date()
    // A full or broken disk says so elsewhere.
    utimes(file, now, now).catch(() => {})
  }, beatMs)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await rm(file, { force: true })
  }
}

/** True when an owner elsewhere, whose lock cannot be seen from here, lives. */
export async function isOwnedElsewhere(
  path: string,
  patienceMs = usualPatienceMs,
): Promise<boolean> {
  const file = join(path, ownerFile)
  const place = await readFile(file, 'utf8').catch(() => null)
  if (place === null || place === placeOfSockets()) return false
  const seen = await lastSign(file)
  if (seen === null || Date.now() - seen > forgottenMs) return false
  await pause(patienceMs)
  const now = await lastSign(file)
  return now !== null && now !== seen
}

const lastSign = (file: string) =>
  stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => null,
  )

/** On Linux the network namespace, in which the names of locks live; elsewhere the folder of their files. */
function placeOfSockets(): string {
  if (process.platform !== 'linux') return `${hostname()} ${tmpdir()}`
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return `${boot} ${readlinkSync('/proc/self/ns/net')}`
}
