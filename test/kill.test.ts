import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startUpstream } from './gateway.ts'
import { freePort, type Server, startServer } from './program.ts'

const rounds = 20
const clientCount = 16

/** `kill -9` of the server and of all processes of its database: nobody is left to tidy up. */
async function killAll(server: Server, dataDir: string): Promise<void> {
  const [database] = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')
  const children = execFileSync('pgrep', ['-P', database!]).toString().trim().split('\n')
  const killed = server.kill()
  for (const pid of [database!, ...children]) killIfThere(Number(pid))
  await killed
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself when its parent did.
  }
}

type LogRow = { id: string; status: number; outcome: string }

test('requests that reached the upstream are counted once each, through twenty kills of server and database under load', {
  timeout: 600_000,
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
    const answered = new Map<string, number>()
    for (let round = 0; round < rounds; round++) {
      let isRunning = true
      const before = answered.size
      const clients = Array.from({ length: clientCount }, async () => {
        while (isRunning) {
          const asked = fetch(`${base}/v1/x`, { headers: { 'x-api-key': key } })
          await asked.then(
            async (answer) => {
              answered.set(answer.headers.get('x-request-id')!, answer.status)
              await answer.text()
            },
            () => pause(20),
          )
        }
      })
      while (answered.size < before + 50) await pause(10)
      await pause(Math.random() * 300)
      const killed = killAll(server, dataDir)
      isRunning = false
      await Promise.allSettled([...clients, killed])
      server = await startServer(dataDir, env)
    }
    const rows: LogRow[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query = `limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`
      const page = await call('GET', `/admin/logs?user_id=ada@example.com&${query}`)
      const { data, next_cursor } = page as { data: LogRow[]; next_cursor: string | null }
      rows.push(...data)
      cursor = next_cursor
    }
    const counted = new Map(rows.map((row) => [row.id, row]))
    const reached = new Set(upstream.seen.map(({ headers }) => String(headers['x-request-id'])))
    const interrupted = rows.filter((row) => row.outcome === 'interrupted')
    // Nothing twice, and never fewer than the upstream saw.
    expect(counted.size).toBe(rows.length)
    expect([...reached].filter((id) => !counted.has(id))).toEqual([])
    // More only by what was under way at a kill, at most one for each client, and told as interrupted.
    const more = [...counted.keys()].filter((id) => !reached.has(id))
    expect(more.filter((id) => counted.get(id)!.outcome !== 'interrupted')).toEqual([])
    expect(interrupted.length).toBeLessThanOrEqual(rounds * clientCount)
    for (const [id, status] of answered) {
      expect(status).toBe(200)
      expect(counted.has(id)).toBe(true)
    }
    const usage = await call('GET', '/admin/usage?user_id=ada@example.com')
    expect(usage).toMatchObject({
      totals: {
        requests: rows.length,
        forwarded: rows.length - interrupted.length,
        interrupted: interrupted.length,
      },
    })
    console.info(
      `${rounds} kills: ${reached.size} requests reached the upstream, ${rows.length} were counted, ${interrupted.length} of them as interrupted`,
    )
  } finally {
    await server.stop()
    await upstream.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
})
