import { chmod, mkdir, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { SMTPServer } from 'smtp-server'
import { expect, test } from 'vitest'
import { startUpstream } from '../../../test/gateway.ts'
import { createTestSite, type TestSite } from '../../../test/site.ts'
import { parseConfig } from '../../core/config.ts'
import { connect } from '../connect.ts'
import { examine } from './doctor.ts'

const unreachable = 'http://127.0.0.1:9'

async function openMailServer() {
  const server = new SMTPServer({ authOptional: true, disabledCommands: ['STARTTLS'] })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()))
  return { url: `smtp://127.0.0.1:${port}`, stop }
}

/** Calls the site's APIs as the operator. */
async function operate(site: TestSite, calls: [method: string, path: string, body: object][]) {
  const { request, close } = await connect(parseConfig(site.env), site.env)
  for (const [method, path, body] of calls) await request(method, path, body)
  await close()
}

async function statusesOf(env: Record<string, string>) {
  const findings = await examine(env)
  return Object.fromEntries(findings.map(({ check, status }) => [check, status]))
}

test('on a site in good order nothing is found', async () => {
  await using site = await createTestSite()
  const upstream = await startUpstream((_, response) => response.end('ok'))
  const mailServer = await openMailServer()
  await operate(site, [
    ['POST', '/admin/upstreams', { name: 'plain', url: upstream.url }],
    ['POST', '/admin/upstreams', { name: 'healthy', url: upstream.url, health_path: '/up' }],
    ['POST', '/admin/upstreams', { name: 'off', url: unreachable, enabled: false }],
    ['POST', '/admin/users', { email: 'nora@example.com', role: 'admin' }],
    ['PUT', '/admin/settings/trusted_proxies', { value: ['10.0.0.0/8'] }],
  ])
  const env = {
    ...site.env,
    SMTP_URL: mailServer.url,
    APIGATE_PUBLIC_URL: 'https://api.example.com',
  }
  const findings = await examine(env)
  // How full this machine's disk is, is not ours.
  const problems = findings.filter(({ check, status }) => status !== 'ok' && check !== 'disk')
  expect(problems).toEqual([])
  expect(findings.map(({ check }) => check)).toEqual([
    ...['runtime', 'configuration', 'data directory', 'secret', 'disk'],
    ...['database', 'schema', 'clock', 'journal', 'mail'],
    ...['server', 'public address', 'administrator', 'upstream healthy', 'upstream plain'],
  ])
  expect(upstream.seen.map(({ url }) => url)).toEqual(['/up'])
  await mailServer.stop()
  await upstream.stop()
})

test('what an operator has to mend is found, each with its own line', async () => {
  await using site = await createTestSite()
  const upstream = await startUpstream((_, response) => response.writeHead(500).end())
  await operate(site, [
    ['POST', '/admin/upstreams', { name: 'gone', url: unreachable }],
    ['POST', '/admin/upstreams', { name: 'sick', url: upstream.url, health_path: '/up' }],
    ['PUT', '/admin/settings/session_secure_cookie', { value: true }],
  ])
  await chmod(site.dataDir, 0o755)
  await mkdir(join(site.dataDir, 'journal'), { recursive: true })
  await writeFile(join(site.dataDir, 'journal', 'rejected.jsonl'), '{}\n{}\n')
  const findings = await statusesOf({
    ...site.env,
    APIGATE_SECRET: 'change me, change me, change me, please',
    APIGATE_PUBLIC_URL: 'http://api.example.com',
    SMTP_URL: 'smtp://127.0.0.1:9',
  })
  expect(findings).toMatchObject({
    ...{ secret: 'failed', mail: 'failed', 'public address': 'failed' },
    ...{ 'upstream gone': 'failed', 'upstream sick': 'failed' },
    ...{ 'data directory': 'warning', administrator: 'warning', journal: 'warning' },
    ...{ database: 'ok', schema: 'ok' },
  })
  await upstream.stop()
})

test('nothing is migrated or made by looking at it', async () => {
  await using site = await createTestSite()
  expect(await statusesOf(site.env)).toMatchObject({
    ...{ database: 'ok', schema: 'warning', 'upstreams and settings': 'skipped' },
  })
  const client = new pg.Client({ connectionString: site.databaseUrl })
  await client.connect()
  const { rows } = await client.query("select 1 from pg_class where relname = 'users'")
  await client.end()
  expect(rows).toEqual([])

  const embedded = { APIGATE_DATA_DIR: join(site.dataDir, 'new') }
  expect(await statusesOf(embedded)).toMatchObject({ database: 'ok', 'data directory': 'ok' })
  await expect(chmod(embedded.APIGATE_DATA_DIR, 0o700)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a database that does not answer, and an environment that cannot be read, are told', async () => {
  await using site = await createTestSite()
  const env = { ...site.env, DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/none' }
  expect(await statusesOf(env)).toMatchObject({
    ...{ database: 'failed', 'upstreams and settings': 'skipped' },
  })
  expect(await statusesOf({ APIGATE_PORT: 'http' })).toEqual({
    ...{ runtime: 'ok', configuration: 'failed' },
  })
})
