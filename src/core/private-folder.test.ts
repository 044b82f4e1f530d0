import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openPrivateFolder } from './private-folder.ts'

test('a private folder is found again by the next start for the same directory, and by no other', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'apigate-private-'))
  await mkdir(join(directory, 'other'))
  const folder = await openPrivateFolder(directory)
  expect((await stat(folder.path)).mode & 0o777).toBe(0o700)
  await writeFile(join(folder.path, 'left.sock'), '')
  const again = await openPrivateFolder(directory)
  expect(again.path).toBe(folder.path)
  expect(await readdir(again.path)).toEqual(['left.sock'])
  const other = await openPrivateFolder(join(directory, 'other'))
  expect(other.path).not.toBe(folder.path)
  await other.remove()
  await again.remove()
  await symlink(directory, folder.path)
  await expect(openPrivateFolder(directory)).rejects.toMatchObject({
    code: 'socket_directory_taken',
  })
  await rm(folder.path)
  await rm(directory, { recursive: true })
})
