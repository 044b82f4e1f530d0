import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Server, startServer } from '../program.ts'

export type OwnServer = Server & {
  dataDir: string
  /** The admin token. */
  token: string
  /** A call with the admin token; fails where it is refused. */
  asAdmin: (method: string, path: string, body: unknown) => Promise<void>
}

/** The built server as an operator starts it, on a free port and a new data directory. */
export async function startOwnServer(env: Record<string, string> = {}): Promise<OwnServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'apigate-e2e-'))
  const server = await startServer(dataDir, env)
  const stop = async () => {
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  const token = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim()
  const asAdmin = async (method: string, path: string, body: unknown) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const answer = await fetch(server.url + path, { method, headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`)
  }
  return { ...server, dataDir, token, asAdmin, stop }
}
