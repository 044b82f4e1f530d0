import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { type App, createApp } from '../src/core/app.ts'
import { parseConfig } from '../src/core/config.ts'
import { connectDb } from '../src/core/db/db.ts'
import type { Event } from '../src/core/events.ts'
import type { Jobs } from '../src/core/jobs/jobs.ts'
import { createLog } from '../src/core/log.ts'
import type { Mail } from '../src/core/mail/mail.ts'
import { createSignals } from '../src/core/signals.ts'
import { createDatabase, onServer, withDatabase } from './postgres.ts'

export type TestApp = App & {
  /** Mails that were sent. */
  mails: Mail[]
  /** Events that were announced and committed, or would be when the transaction commits. */
  announced: { name: string; payload: unknown }[]
  databaseUrl: string
  /** Moves the clock. */
  setNow: (time: Date | string) => void
  [Symbol.asyncDispose]: () => Promise<void>
}

/** An app on a database of its own, with a clock, a mailbox and a job queue that tests can look into. */
export async function createTestApp(options: { now?: string } = {}): Promise<TestApp> {
  const server = inject('server')
  const name = `test_${randomBytes(6).toString('hex')}`
  await createDatabase(server, name, inject('template'))
  const databaseUrl = withDatabase(server, name)
  const database = connectDb(databaseUrl, { max: 8 })

  let now = options.now ? new Date(options.now) : null
  const mails: Mail[] = []
  const announced: TestApp['announced'] = []
  const jobs: Jobs = {
    announce: async <P>(event: Event<P>, payload: P) => {
      announced.push({ name: event.name, payload: event.payload.parse(payload) })
    },
    within: () => jobs,
  }
  const config = parseConfig({
    APIGATE_LOG_LEVEL: 'silent',
    APIGATE_PUBLIC_URL: 'http://apigate.test',
  })
  const app = createApp({
    config,
    secret: 'a secret that only the tests know, and nobody else',
    adminToken: 'the-admin-token-of-the-tests',
    db: database.db,
    jobs,
    mail: async (mail) => {
      mails.push(mail)
      return 'sent'
    },
    signals: createSignals(),
    log: createLog(config),
    now: () => now ?? new Date(),
  })
  return Object.assign(app, {
    mails,
    announced,
    databaseUrl,
    setNow: (time: Date | string) => {
      now = new Date(time)
    },
    [Symbol.asyncDispose]: async () => {
      await database.close()
      await onServer(server, `drop database if exists ${name} with (force)`)
    },
  })
}
