import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Starts the built server as an operator would, with a small API behind it and one plan, and tells
 * the tests where it is. Ends all of it after the last test.
 */
export default async function startServer(): Promise<() => Promise<void>> {
  const upstream = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end('{"hello":"world"}')
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const dataDir = await mkdtemp(join(tmpdir(), 'apigate-e2e-'))
  const port = await freePort()
  const url = `http://localhost:${port}`
  const server = spawn(process.execPath, ['build/server/cli.js', 'serve'], {
    env: {
      ...process.env,
      APIGATE_PORT: String(port),
      APIGATE_DATA_DIR: dataDir,
      APIGATE_LOG_LEVEL: 'warn',
      APIGATE_PUBLIC_URL: url,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  await waitUntilReady(url, server)
  const token = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim()
  const send = async (method: string, path: string, body: unknown) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const answer = await fetch(url + path, { method, headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`)
  }
  await send('POST', '/admin/plans', {
    name: 'Free',
    rate_limit_per_minute: 100,
    requests_per_month: 10_000,
    max_api_keys: 3,
  })
  const { port: upstreamPort } = upstream.address() as AddressInfo
  await send('POST', '/admin/upstreams', { name: 'api', url: `http://127.0.0.1:${upstreamPort}` })
  await send('POST', '/admin/routes', {
    name: 'Hello',
    path: '/v1/hello',
    methods: ['GET'],
    upstream: 'api',
  })
  await send('PUT', '/admin/settings/portal_register_rate_limit', { value: 10_000 })
  await send('PUT', '/admin/settings/portal_login_rate_limit', { value: 1000 })
  process.env.APIGATE_E2E_URL = url
  process.env.APIGATE_E2E_TOKEN = token
  return async () => {
    await end(server)
    await new Promise((resolve) => upstream.close(resolve))
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function waitUntilReady(url: string, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + 60_000
  while (Date.now() < deadline && server.exitCode === null) {
    const ready = await fetch(`${url}/readyz`).catch(() => null)
    if (ready?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  server.kill()
  throw new Error('the server did not become ready')
}

async function end(server: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGTERM')
  await ended
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
