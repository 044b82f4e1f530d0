import { spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { expect, test } from 'vitest'
import { freePort } from './program.ts'
import { createTestSite, type TestSite } from './site.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const sources = [
  ...['src', 'scripts', 'migrations', 'package.json', 'tsconfig.json'],
  ...['vite.config.ts', 'react-router.config.ts'],
]

/** What lets the demo start without filling its database first. */
async function fillDemo(site: TestSite): Promise<void> {
  const client = new pg.Client({ connectionString: site.databaseUrl })
  await client.connect()
  await client.query("insert into users (id, email) values ('usr_1', 'nora@example.com')")
  await client.query(
    "insert into upstreams (id, name, urls) values ('ups_1', 'weather', '[\"http://127.0.0.1:9\"]')",
  )
  await client.end()
}

test('in development a changed page is in the next answer, and changed server code starts the server again', {
  timeout: 240_000,
}, async () => {
  await using site = await createTestSite({ isMigrated: true })
  await fillDemo(site)
  const folder = await mkdtemp(join(tmpdir(), 'apigate-dev-'))
  for (const path of sources) await cp(join(root, path), join(folder, path), { recursive: true })
  // One by one: what Vite keeps in node_modules is for one server alone.
  await mkdir(join(folder, 'node_modules'))
  for (const name of await readdir(join(root, 'node_modules')))
    if (!name.startsWith('.'))
      await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  const port = await freePort()
  const { NODE_ENV: _, ...environment } = process.env
  const server = spawn(process.execPath, [join(folder, 'scripts', 'dev-server.js')], {
    cwd: folder,
    env: {
      ...environment,
      ...site.env,
      ...{ APIGATE_PORT: String(port), APIGATE_LOG_LEVEL: 'warn' },
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = new Promise((resolve) => server.once('exit', resolve))
  let output = ''
  server.stdout.on('data', (data) => {
    output += data
  })
  const ask = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { accept: 'text/html' },
    }).catch(() => null)
    return { text: (await answer?.text()) ?? '', headers: answer?.headers }
  }
  const change = async (file: string, from: string, to: string) => {
    const path = join(folder, 'src', file)
    const text = await readFile(path, 'utf8')
    expect(text).toContain(from)
    await writeFile(path, text.replace(from, to))
  }
  try {
    await expect.poll(() => output, { timeout: 120_000 }).toContain('Ready')
    const login = async () => (await ask('/portal/login')).text
    expect(await login()).toContain('/assets/src/entry.client.tsx')
    const { headers } = await ask('/portal/login')
    expect(headers?.get('content-security-policy')).toContain("connect-src 'self' ws:")
    expect((await ask('/assets/src/entry.client.tsx')).text).toContain('hydrateRoot')

    await change(
      'features/sessions/pages/portal-login.tsx',
      "<Button>{t('signIn')}</Button>",
      '<Button>Changed</Button>',
    )
    await expect.poll(login, { timeout: 30_000 }).toContain('Changed</button>')
    expect(output).not.toContain('Restarted')

    await change('http/server.ts', "{ status: 'ok' }", "{ status: 'changed' }")
    const health = async () => (await ask('/healthz')).text
    await expect.poll(health, { timeout: 30_000 }).toBe('{"status":"changed"}')
    await change('http/server.ts', "{ status: 'changed' }", "{ status: ' }")
    await expect.poll(() => output, { timeout: 30_000 }).toContain('Waiting for the next change')
    await change('http/server.ts', "{ status: ' }", "{ status: 'mended' }")
    await expect.poll(health, { timeout: 30_000 }).toBe('{"status":"mended"}')
    server.kill('SIGTERM')
    expect(await ended).toBe(0)
  } finally {
    server.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  }
})
