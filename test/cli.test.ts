import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createTestSite } from './site.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

test('the command line makes, imports, exports and deletes users, and its exit code says how it went', {
  timeout: 120_000,
}, async () => {
  await using site = await createTestSite({ isMigrated: true })
  const run = (...args: string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const env = { ...process.env, ...site.env }
      const cli = join(root, 'build', 'server', 'cli.js')
      const child = execFile(process.execPath, [cli, ...args], { env }, (_, stdout, stderr) =>
        resolve({ code: child.exitCode ?? -1, stdout, stderr }),
      )
    })
  await run('plans', 'create', '--name', 'Free')

  const file = join(site.dataDir, 'users.csv')
  await writeFile(
    file,
    'email,name,plan_name\nann@example.com,=Ann,free\nbob@example.com,Bob,gold\n',
  )
  const imported = await run('users', 'import', file)
  expect(imported).toMatchObject({ code: 1 })
  expect(imported.stdout).toContain('There is no plan “gold”.')
  expect(imported.stdout).toContain('1 created, 0 updated, 1 failed.')
  expect(imported.stderr).toBe(
    'One line failed and changed nothing. Mend it and import the file again.\n',
  )

  const exported = await run('users', 'export')
  expect(exported).toMatchObject({ code: 0, stderr: '' })
  expect(exported.stdout).toMatch(/^email,name,plan_name,.*\r\nann@example.com,'=Ann,free,usr_/)
  await writeFile(file, exported.stdout)
  const again = await run('users', 'import', file, '--json')
  expect(again.code).toBe(0)
  expect(JSON.parse(again.stdout)).toMatchObject({ created: 0, updated: 1, failed: 0 })

  const unasked = await run('users', 'delete', 'ann@example.com')
  expect(unasked).toMatchObject({
    code: 2,
    stdout: '',
    stderr: 'Nobody can be asked here. Say --yes.\n',
  })
  expect(await run('users', 'delete', 'ann@example.com', '--yes')).toMatchObject({ code: 0 })
  const gone = await run('users', 'stats', 'ann@example.com', '--json')
  expect(gone).toMatchObject({ code: 1, stdout: '', stderr: 'There is no such user.\n' })
  expect((await run('users', 'create')).code).toBe(2)
})
