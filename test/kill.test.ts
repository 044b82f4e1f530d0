import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startUpstream } from './gateway.ts'
import { freePort, startServer } from './program.ts'

type LogRow = { id: string; status: number }

test('requests that reached the upstream are counted once each, when server and database are killed in the middle', {
  timeout: 120_000,
}, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'apigate-kill-'))
  const upstream = await startUpstream((_, response) =>
    setTimeout(() => response.end('ok'), Math.random() * 4),
  )
  const env = {
    ...{ APIGATE_PORT: String(await freePort()), APIGATE_WORKERS: '2' },
    APIGATE_LOG_LEVEL: 'error',
  }
  let server = await startServer(dataDir, env)
  const base = server.url
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
      const killed = server.kill()
      process.kill(database, 'SIGKILL')
      isRunning = false
      await Promise.all(clients)
      await killed
      server = await startServer(dataDir, env)
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
    await server.stop()
    await upstream.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
})
