import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isLocked, lockDataDir, openDataDir } from './data-dir.ts'
import { ownerFile } from './sign-of-life.ts'

test('a data directory has one owner at a time and keeps its secrets to itself', async () => {
  const path = await mkdtemp(join(tmpdir(), 'apigate-data-'))
  try {
    expect(await isLocked(path)).toBe(false)
    const first = await openDataDir(path, null)
    expect(await isLocked(path)).toBe(true)
    await expect(openDataDir(path, null)).rejects.toMatchObject({ code: 'data_dir_in_use' })
    expect((await stat(join(path, 'admin-token'))).mode & 0o777).toBe(0o600)
    expect((await readFile(join(path, 'admin-token'), 'utf8')).trim()).toBe(first.adminToken)
    await first.release()
    const second = await openDataDir(path, 'a secret given by the environment')
    expect(second.adminToken).toBe(first.adminToken)
    expect(second.secret).toBe('a secret given by the environment')
    await second.release()
  } finally {
    await rm(path, { recursive: true })
  }
})

test('an owner in another container is seen by its signs of life, and one that died there is not waited for', async () => {
  const path = await mkdtemp(join(tmpdir(), 'apigate-data-'))
  const file = join(path, ownerFile)
  await writeFile(file, 'another container')
  const beat = setInterval(() => void utimes(file, new Date(), new Date()), 20)
  try {
    await expect(lockDataDir(path, 300)).rejects.toMatchObject({ code: 'data_dir_in_use' })
    expect(await isLocked(path)).toBe(false)
    clearInterval(beat)
    const release = await lockDataDir(path, 300)
    expect(await readFile(file, 'utf8')).not.toBe('another container')
    await release()
    await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' })
  } finally {
    clearInterval(beat)
    await rm(path, { recursive: true })
  }
})
