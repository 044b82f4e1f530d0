import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import pg from 'pg'
import type { Log } from '../log.ts'
import type { Signal, SignalListener } from '../signals.ts'
import type { Db } from './db.ts'

/** A signal on its way to the other servers. */
export type Published = {
  /** After the commit: resolves when every other server has obeyed it, or is gone. */
  heard: () => Promise<void>
  discard: () => void
}

/** Carries signals between servers that share a database. */
export type Bus = {
  /** Tells the other servers when the transaction of `db` commits, and not at all when it fails. */
  publish: (db: Db, signal: Signal) => Promise<Published>
  /** What the others say is obeyed by this listener. */
  listen: (listener: SignalListener) => void
  close: () => Promise<void>
}

type Message =
  | { type: 'signal'; id: string; from: string; signal: Signal }
  | { type: 'heard'; id: string; by: string }

const channel = 'apigate_signals'
/** PostgreSQL carries 8,000 bytes at most. */
const maxBytes = 7500
const patienceMs = 5000
const askAgainMs = 200
const reconnectMs = 1000

/**
 * Signals by NOTIFY, which PostgreSQL delivers at the commit. Who must answer is read from its list
 * of connections, so that a server that died is waited for no longer than its connection lasts, and
 * never longer than five seconds. A server that lost its connection takes all it remembers for old
 * once it is back.
 */
export async function connectSignalBus(url: string, db: Db, log: Log): Promise<Bus> {
  const self = randomUUID()
  const nameOf = (server: string) => `apigate ${server}`
  const answers = new Map<string, { by: Set<string>; wake: () => void }>()
  let obey: SignalListener = () => {}
  let isClosing = false
  let client = await connect()

  async function connect(): Promise<pg.Client> {
    const made = new pg.Client({ connectionString: url, application_name: nameOf(self) })
    made.on('error', () => {})
    made.on('notification', ({ payload }) => {
      hear(JSON.parse(payload ?? '') as Message).catch((error: unknown) =>
        log.error({ err: error }, 'a signal of another server was not obeyed'),
      )
    })
    try {
      await made.connect()
      await made.query(`listen ${channel}`)
    } catch (error) {
      await made.end().catch(() => {})
      throw error
    }
    // Only now: an attempt that fails is tried again by whoever made it, and by nobody else.
    made.once('end', () => void reconnect())
    return made
  }

  async function reconnect(): Promise<void> {
    if (isClosing) return
    try {
      client = await connect()
    } catch (error) {
      log.warn({ err: error }, 'no connection for signals of other servers; trying again')
      setTimeout(reconnect, reconnectMs).unref()
      return
    }
    if (isClosing) return client.end()
    await obey({ topic: 'everything' })
  }

  async function hear(message: Message): Promise<void> {
    if (message.type === 'heard') {
      const answer = answers.get(message.id)
      answer?.by.add(message.by)
      answer?.wake()
    } else if (message.from !== self) {
      await obey(message.signal)
      await say(db, { type: 'heard', id: message.id, by: self })
    }
  }

  /** The other servers that listen now. */
  async function listOthers(): Promise<string[]> {
    const { rows } = await db.execute<{ name: string }>(sql`
      select application_name as name from pg_stat_activity
       where datname = current_database() and application_name like 'apigate %-%'`)
    return rows.map(({ name }) => name.slice(nameOf('').length)).filter((id) => id !== self)
  }

  async function waitForAll(id: string, by: Set<string>): Promise<void> {
    const deadline = Date.now() + patienceMs
    for (;;) {
      const missing = (await listOthers()).filter((server) => !by.has(server))
      if (missing.length === 0) return
      if (Date.now() > deadline) {
        log.error({ servers: missing }, 'other servers have not obeyed a change within 5 s')
        return
      }
      await new Promise<void>((resolve) => {
        setTimeout(resolve, askAgainMs)
        answers.set(id, { by, wake: resolve })
      })
    }
  }

  return {
    listen: (listener) => {
      obey = listener
    },
    publish: async (tx, signal) => {
      const id = randomUUID()
      const by = new Set<string>()
      const small = JSON.stringify(signal).length > maxBytes ? everything : signal
      const message: Message = { type: 'signal', id, from: self, signal: small }
      answers.set(id, { by, wake: () => {} })
      await say(tx, message)
      const discard = () => void answers.delete(id)
      return { heard: () => waitForAll(id, by).finally(discard), discard }
    },
    close: async () => {
      isClosing = true
      await client.end()
    },
  }
}

async function say(db: Db, message: Message): Promise<void> {
  await db.execute(sql`select pg_notify(${channel}, ${JSON.stringify(message)})`)
}

const everything: Signal = { topic: 'everything' }
