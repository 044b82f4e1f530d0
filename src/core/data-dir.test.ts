import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isLocked, openDataDir } from './data-dir.ts'

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
