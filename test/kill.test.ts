import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startUpstream } from './gateway.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

/** The built server as an operator runs it, on its embedded database. */
async function startServer(dataDir: string, port: number): Promise<ChildProcess> {
  const env = {
    ...process.env,
    APIGATE_PORT: String(port),
    APIGATE_DATA_DIR: dataDir,
    APIGATE_LOG_LEVEL: 'error',
    APIGATE_WORKERS: '2',
    DATABASE_URL: '',
  }
  const server = spawn(process.execPath, ['build/server/cli.js', 'serve'], {
    cwd: root,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  for (let i = 0; i < 400 && server.exitCode === null; i++) {
    if (
      await fetch(`http://127.0.0.1:${port}/readyz`).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      return server
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('the server did not start')
}

type LogRow = { id: string; status: number }

test('requests that reached the upstream are counted once each, when server and database are killed in the middle', {
  timeout: 120_000,
}, async () => {
  expect(existsSync(join(root, 'build', 'server', 'cli.js'))).toBe(true)
  const dataDir = mkdtempSync(join(tmpdir(), 'apigate-kill-'))
  const upstream = await startUpstream((_, response) =>
    setTimeout(() => response.end('ok'), Math.random() * 4),
  )
  const port = await freePort()
  const base = `http://127.0.0.1:${port}`
  let server = await startServer(dataDir, port)
  const token = readFileSync(join(dataDir, 'admin-token'), 'utf8').trim()
  const call = async (method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const answer = await fetch(base + path, { method, headers, body: body && JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`)
    return answer.json()
  }
  try {
    await call('POST', '/admin/plans', { name: 'Plan' })
    await call('POST', '/admin/upstreams', { name: 'api', url: upstream.url })
    await call('POST', '/admin/routes', { name: 'all', path: '/v1/*', upstream: 'api' })
    await call('POST', '/admin/users', { email: 'ada@example.com' })
    const { key } = (await call('POST', '/admin/keys', {
      user_id: 'ada@example.com',
      name: 'load',
    })) as { key: string }
    let answered = 0
    const statuses = new Set<number>()
    for (let round = 0; round < 3; round++) {
      let isRunning = true
      const clients = Array.from({ length: 16 }, async () => {
        while (isRunning) {
          await fetch(`${base}/v1/x`, { headers: { 'x-api-key': key } }).then(
            async (answer) => {
              await answer.text()
              statuses.add(answer.status)
              answered += 1
            },
            () => new Promise((resolve) => setTimeout(resolve, 20)),
          )
        }
      })
      await new Promise((resolve) => setTimeout(resolve, 700 + Math.random() * 500))
      const database = Number(
        readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0],
      )
      server.kill('SIGKILL')
      process.kill(database, 'SIGKILL')
      isRunning = false
      await Promise.all(clients)
      server = await startServer(dataDir, port)
    }
    const rows: LogRow[] = []
    let cursor: string | null = null
    do {
      const query = new URLSearchParams({
        user_id: 'ada@example.com',
        limit: '100',
        ...(cursor ? { cursor } : {}),
      })
      const page = (await call('GET', `/admin/logs?${query}`)) as {
        data: LogRow[]
        next_cursor: string | null
      }
      rows.push(...page.data)
      cursor = page.next_cursor
    } while (cursor)
    const reached = upstream.seen.map(({ headers }) => String(headers['x-request-id']))
    const counted = rows.map((row) => row.id)
    expect([...statuses]).toEqual([200])
    expect(answered).toBeGreaterThan(300)
    expect(new Set(counted).size).toBe(counted.length)
    expect(reached.filter((id) => !counted.includes(id))).toEqual([])
    // More only by what was under way at a kill: at most one for each of the 16 clients, three times.
    expect(counted.length - reached.length).toBeLessThanOrEqual(48)
    const interrupted = rows.filter((row) => row.status === 0).length
    expect(interrupted).toBeLessThanOrEqual(48)
    expect(counted.length - interrupted).toBeGreaterThanOrEqual(answered)
    const usage = (await call('GET', '/admin/usage?user_id=ada@example.com')) as {
      totals: { requests: number; forwarded: number; interrupted: number }
    }
    expect(usage.totals).toMatchObject({
      requests: counted.length,
      forwarded: counted.length - interrupted,
      interrupted,
    })
  } finally {
    const ended = new Promise((resolve) => server.once('exit', resolve))
    server.kill('SIGTERM')
    await ended
    await upstream.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
})
