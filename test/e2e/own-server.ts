import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type OwnServer = {
  url: string
  dataDir: string
  /** The admin token. */
  token: string
  /** What it printed so far. */
  output: () => string
  /** A call with the admin token; fails where it is refused. */
  asAdmin: (method: string, path: string, body: unknown) => Promise<void>
  stop: () => Promise<void>
}

/** The built server as an operator starts it, on a free port and a new data directory. */
export async function startOwnServer(env: Record<string, string> = {}): Promise<OwnServer> {
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
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  server.stdout.on('data', (data) => {
    output += data
  })
  const deadline = Date.now() + 60_000
  while (!(await isReady(url))) {
    if (Date.now() > deadline || server.exitCode !== null) {
      server.kill()
      throw new Error(`the server did not become ready: ${output}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const stop = async () => {
    const ended = new Promise((resolve) => server.once('exit', resolve))
    server.kill('SIGTERM')
    await ended
    await rm(dataDir, { recursive: true, force: true })
  }
  const token = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim()
  const asAdmin = async (method: string, path: string, body: unknown) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const answer = await fetch(url + path, { method, headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`)
  }
  return { url, dataDir, token, output: () => output, asAdmin, stop }
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/readyz`).catch(() => null)
  return answer?.ok === true
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
