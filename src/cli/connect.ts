import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openCore } from '../compose.ts'
import type { CommandIo } from '../core/cli.ts'
import type { Config } from '../core/config.ts'
import { isLocked } from '../core/data-dir.ts'
import type { Env } from '../core/env.ts'
import { AppError, type ErrorKind, statusOfKind } from '../core/errors.ts'
import { createLog } from '../core/log.ts'
import { apis } from '../features/index.ts'
import { createFrontDoor } from '../http/server.ts'

export type Connection = {
  request: CommandIo['request']
  /** As `request`, with a body and an answer that stream. */
  open: (
    method: string,
    path: string,
    given?: { type: string; body: string | ReadableStream },
  ) => Promise<Response>
  /** True when a server answers; false when the data directory is worked on itself. */
  isServing: boolean
  close: () => Promise<void>
}

type Send = (path: string, init: RequestInit) => Promise<Response>

/**
 * Reaches the APIs: of the server at APIGATE_URL, of the one that runs on the data directory, or,
 * when none runs, in this process on the data directory itself.
 */
export async function connect(config: Config, env: Env): Promise<Connection> {
  if (env.APIGATE_URL || (await isLocked(config.dataDir))) {
    const base = (env.APIGATE_URL ?? addressOf(config)).replace(/\/+$/, '')
    const token = env.APIGATE_TOKEN ?? (await readToken(config))
    const send: Send = (path, init) =>
      fetch(base + path, init).catch((error: Error) => {
        const cause = error.cause instanceof Error ? error.cause.message : error.message
        throw new AppError(
          'unavailable',
          'server_unreachable',
          `The server at ${base} does not answer (${cause}). Set APIGATE_URL.`,
        )
      })
    const open = openWith(send, token)
    return { open, request: requestWith(open), isServing: true, close: async () => {} }
  }
  const core = await openCore(config, createLog({ log: { level: 'warn', format: 'pretty' } }, 2))
  const door = createFrontDoor(core.app, { apis, version: '' })
  const send: Send = async (path, init) => door.request(path, init)
  const open = openWith(send, core.app.adminToken)
  return { open, request: requestWith(open), isServing: false, close: core.close }
}

/** Where the server of this machine listens; one that listens everywhere does so on the loopback too. */
function addressOf({ host, port }: Config): string {
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

async function readToken(config: Config): Promise<string> {
  const file = join(config.dataDir, 'admin-token')
  const token = await readFile(file, 'utf8').catch(() => {
    throw new AppError(
      'unauthenticated',
      'no_admin_token',
      `There is no admin token in ${file}. Set APIGATE_TOKEN, or APIGATE_DATA_DIR.`,
    )
  })
  return token.trim()
}

function openWith(send: Send, token: string): Connection['open'] {
  return async (method, path, given) => {
    const headers: Record<string, string> = {
      authorization: `Bearer ${token}`,
      accept: 'application/json',
    }
    if (given) headers['content-type'] = given.type
    const init = { method, headers, body: given?.body, duplex: 'half' }
    const response = await send(path, init as RequestInit)
    if (response.ok) return response
    throw toError(response, await response.text())
  }
}

function requestWith(open: Connection['open']): Connection['request'] {
  return async (method, path, body) => {
    const type = 'application/json'
    const given = body === undefined ? undefined : { type, body: JSON.stringify(body) }
    const text = await (await open(method, path, given)).text()
    return text === '' ? null : JSON.parse(text)
  }
}

function toError(response: Response, text: string): AppError {
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json')
  const problem = isProblem ? (JSON.parse(text) as { code: string; detail: string }) : null
  const kind =
    Object.entries(statusOfKind).find(([, status]) => status === response.status)?.[0] ??
    'unavailable'
  const detail = problem?.detail ?? `The server answered ${response.status}.`
  return new AppError(kind as ErrorKind, problem?.code ?? 'unexpected_answer', detail)
}
