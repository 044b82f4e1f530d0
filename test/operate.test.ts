import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startUpstream } from './gateway.ts'
import { freePort, runCommand, startServer } from './program.ts'

const password = 'a sentence that is long enough'

test('an operator sets a server up, runs it, and brings a backup made under load to another machine', {
  timeout: 240_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'apigate-operate-'))
  const file = join(folder, 'backup.tar.gz')
  const upstream = await startUpstream((_, response) => response.end('ok'))
  const here = {
    APIGATE_DATA_DIR: join(folder, 'here'),
    APIGATE_PORT: String(await freePort()),
  }
  const there = { ...here, APIGATE_DATA_DIR: join(folder, 'there') }
  const run = async (args: string[], env = here) => {
    const { code, stdout, stderr } = await runCommand([...args, '--json'], env)
    expect([args[0], code, stderr]).toEqual([args[0], 0, ''])
    return JSON.parse(stdout)
  }
  await run([
    ...['init', '--upstream', upstream.url, '--route', '/v1/*', '--plan', 'Free'],
    ...['--rate-limit', 'unlimited', '--requests', 'unlimited', '--smtp-url', ''],
    ...['--email', 'nora@example.com', '--password', password],
  ])
  const server = await startServer(here.APIGATE_DATA_DIR, here)
  let second: Awaited<ReturnType<typeof startServer>> | undefined
  try {
    expect(server.output()).not.toContain('/admin/setup')
    const { key } = await run(['keys', 'create', '--user', 'nora@example.com', '--name', 'load'])
    const call = () => fetch(`${server.url}/v1/x`, { headers: { 'x-api-key': key } })
    let answered = 0
    let isRunning = true
    const clients = Array.from({ length: 4 }, async () => {
      while (isRunning) {
        await (await call()).text()
        answered += 1
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    })
    const statusOf = async (check: string) =>
      (await run(['doctor'])).find((found: { check: string }) => found.check === check).status
    expect(await statusOf('upstream api')).toBe('ok')
    await expect.poll(() => answered).toBeGreaterThan(100)
    const before = answered
    await run(['backup', file])
    isRunning = false
    await Promise.all(clients)
    await server.stop()

    expect(await run(['restore', file], there)).toMatchObject({ version: expect.any(String) })
    second = await startServer(there.APIGATE_DATA_DIR, there)
    const token = await fetch(`${second.url}/api/portal/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'nora@example.com', password }),
    })
    expect(token.status).toBe(200)
    expect((await call()).status).toBe(200)
    const adminToken = readFileSync(join(there.APIGATE_DATA_DIR, 'admin-token'), 'utf8').trim()
    const headers = { authorization: `Bearer ${adminToken}` }
    const usage = async () => {
      const answer = await fetch(`${server.url}/admin/usage?user_id=nora@example.com`, { headers })
      return ((await answer.json()) as { totals: { requests: number } }).totals.requests
    }
    await expect.poll(usage, { timeout: 10_000 }).toBeGreaterThan(before)
    expect(await usage()).toBeLessThanOrEqual(answered + 1)
  } finally {
    await server.stop()
    await second?.stop()
    await upstream.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})
