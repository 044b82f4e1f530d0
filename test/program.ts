import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const program = join(
  dirname(dirname(fileURLToPath(import.meta.url))),
  ...['build', 'server', 'cli.js'],
)

type Environment = Record<string, string>

export type Server = {
  url: string
  /** What it printed so far. */
  output: () => string
  /** Ends it in order. */
  stop: () => Promise<void>
  /** Ends it as the kernel would. */
  kill: () => Promise<void>
}

/** The built server as an operator starts it; resolves when it is ready. */
export async function startServer(dataDir: string, env: Environment = {}): Promise<Server> {
  const port = env.APIGATE_PORT ?? String(await freePort())
  const url = `http://localhost:${port}`
  const server = spawn(process.execPath, [program, 'serve'], {
    env: {
      ...process.env,
      ...{ APIGATE_DATA_DIR: dataDir, APIGATE_PORT: port, APIGATE_PUBLIC_URL: url },
      ...{ APIGATE_LOG_LEVEL: 'warn', DATABASE_URL: '' },
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  const end = (signal: NodeJS.Signals) => {
    server.kill(signal)
    return ended
  }
  let output = ''
  server.stdout.on('data', (data) => {
    output += data
  })
  const deadline = Date.now() + 60_000
  while (!(await isReady(url))) {
    if (Date.now() > deadline || server.exitCode !== null) {
      await end('SIGTERM')
      throw new Error(`the server did not become ready: ${output}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return { url, output: () => output, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') }
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/readyz`).catch(() => null)
  return answer?.ok === true
}

/** Runs a command of the built command line to its end, without a terminal. */
export function runCommand(
  args: string[],
  env: Environment,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const command = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, DATABASE_URL: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    command[stream].on('data', (data) => {
      said[stream] += data
    })
  }
  return new Promise((resolve) => command.once('close', (code) => resolve({ code, ...said })))
}

export async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
