import { Worker } from 'node:worker_threads'
import type { Config } from '../core/config.ts'
import { AppError } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { GatewayContract, Snapshot } from './contract.ts'
import { createRegistry } from './registry.ts'
import type { FromThread, ThreadData, ToThread } from './thread-messages.ts'

/** The main thread's hold on the gateway threads. */
export type GatewayControl = {
  port: number
  /**
   * When this resolves, no request that was decided by the old state reaches an upstream any more,
   * in any thread. Digests are of keys that a thread may remember as unknown.
   */
  invalidate: (of: {
    organizationIds?: string[]
    keyIds?: string[]
    digests?: string[]
  }) => Promise<void>
  /** The same of everything that any thread remembers of keys and their owners. */
  invalidateAll: () => Promise<void>
  /** When this resolves, every thread routes by the present routes and settings. */
  reloadSnapshot: () => Promise<void>
  stop: () => Promise<void>
}

export type GatewayOptions = {
  contract: GatewayContract
  /** Resolves when all that the journal holds is recorded. */
  drain: () => Promise<void>
  /** The thread's program: `thread.ts`, or what was built of it. */
  entry: URL
  threads: number
  host: string
  port: number
  frontDoorSocket: string | null
  journalDirectory: string
  log: Log
  logConfig: Config['log']
  /** A thread that ended by itself: nothing can be promised any more. */
  onFailure: (error: Error) => void
}

const idleMs = 10 * 60_000
const graceMs = 10_000

type Thread = { worker: Worker; barriers: Map<number, () => void> }

/** Starts the threads. More than one share the port, where the system can (Linux, FreeBSD). */
export async function startGateway(options: GatewayOptions): Promise<GatewayControl> {
  const { contract, log } = options
  const registry = createRegistry(contract, options.drain)
  const count = canShare() ? options.threads : 1
  let isStopping = false
  let lastBarrier = 0
  const threads: Thread[] = []
  let port = options.port
  const snapshot = await contract.loadSnapshot()
  const run = newId('req').slice(4, 16)

  for (let number = 0; number < count; number++) {
    const data: ThreadData = {
      snapshot,
      port,
      host: options.host,
      isShared: count > 1,
      frontDoorSocket: options.frontDoorSocket,
      journalDirectory: options.journalDirectory,
      journalName: `${run}-${number}`,
      log: options.logConfig,
    }
    const worker = new Worker(options.entry, { workerData: data })
    const thread: Thread = { worker, barriers: new Map() }
    threads.push(thread)
    port = await ready(worker)
    worker.on('message', (message: FromThread) => void hear(thread, message))
    worker.on('error', (error) => options.onFailure(error as Error))
    worker.on('exit', () => {
      for (const pass of thread.barriers.values()) pass()
      if (!isStopping) options.onFailure(new Error('a gateway thread ended'))
    })
  }
  const sweep = setInterval(() => {
    registry.sweep(idleMs).catch((error: Error) => {
      log.warn({ err: error }, 'counters without requests are kept until usage can be recorded')
    })
  }, 60_000)
  sweep.unref()

  async function hear({ worker, barriers }: Thread, message: FromThread): Promise<void> {
    if (message.type === 'barrier') {
      barriers.get(message.id)?.()
      barriers.delete(message.id)
    } else if (message.type === 'find') {
      const answer: ToThread = await registry.openGrant(message.digest).then(
        (opened) => ({ type: 'grant', id: message.id, opened }),
        (error: Error) => {
          log.error({ err: error }, 'a key could not be looked up')
          return { type: 'grant', id: message.id, opened: undefined, error: error.message }
        },
      )
      worker.postMessage(answer)
    }
  }

  /** Tells every thread, and waits until each has done it. */
  async function tell(message: ToThread): Promise<void> {
    await Promise.all(
      threads.map(
        ({ worker, barriers }) =>
          new Promise<void>((resolve) => {
            const id = ++lastBarrier
            barriers.set(id, resolve)
            worker.postMessage(message)
            worker.postMessage({ type: 'barrier', id } satisfies ToThread)
          }),
      ),
    )
  }

  const counters = new Map<string, SharedArrayBuffer>()
  const withCounters = (loaded: Snapshot): Snapshot => ({
    ...loaded,
    upstreams: loaded.upstreams.map((upstream) => {
      const inFlight = counters.get(upstream.id) ?? upstream.inFlight
      counters.set(upstream.id, inFlight)
      return { ...upstream, inFlight }
    }),
  })
  withCounters(snapshot)

  async function endThreads(): Promise<void> {
    isStopping = true
    clearInterval(sweep)
    await Promise.all(
      threads.map(async ({ worker }) => {
        const ended = new Promise((resolve) => worker.once('exit', resolve))
        worker.postMessage({ type: 'close', graceMs } satisfies ToThread)
        const cut = setTimeout(() => void worker.terminate(), graceMs + 2000)
        await ended
        clearTimeout(cut)
      }),
    )
  }
  let stopping: Promise<void> | undefined
  let reloads: Promise<void> = Promise.resolve()

  async function reload(): Promise<void> {
    await tell({ type: 'snapshot', snapshot: withCounters(await contract.loadSnapshot()) })
  }

  return {
    port,
    invalidate: async ({ organizationIds, keyIds, digests = [] }) => {
      registry.markStale({ organizationIds, keyIds })
      await tell({ type: 'forget', digests })
    },
    invalidateAll: async () => {
      registry.markAllStale()
      await tell({ type: 'forget-all' })
    },
    reloadSnapshot: () => {
      // One after the other: an older snapshot must not arrive last.
      const mine = reloads.then(reload)
      reloads = mine.catch(() => {})
      return mine
    },
    stop: () => {
      stopping ??= endThreads()
      return stopping
    },
  }
}

/** Node's `reusePort` is for systems whose kernel spreads connections over the listeners. */
function canShare(): boolean {
  return ['linux', 'freebsd', 'sunos', 'aix'].includes(process.platform)
}

function ready(worker: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (message: FromThread) => {
      worker.off('error', reject)
      if (message.type === 'listening') resolve(message.port)
      else if (message.type === 'failed') reject(explain(message))
    })
  })
}

function explain({ message, code }: { message: string; code?: string }): AppError {
  if (code === 'EADDRINUSE') {
    return new AppError(
      'unavailable',
      'port_in_use',
      'The port is in use. Stop what listens there, or set APIGATE_PORT.',
    )
  }
  return new AppError('unavailable', 'gateway_failed', `The gateway could not start: ${message}`)
}
