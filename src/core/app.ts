import type { Config } from './config.ts'
import type { Db } from './db/db.ts'
import type { Jobs } from './jobs/jobs.ts'
import type { Log } from './log.ts'
import type { Mailer } from './mail/mail.ts'
import type { HeldSignals, Signals } from './signals.ts'

/** All that the product needs from outside itself. Built in compose.ts, faked in test/app.ts. */
export type App = {
  config: Config
  /** Signs and seals; from APIGATE_SECRET or kept in the data directory. */
  secret: string
  /** Opens every API as the operator; kept in `<data dir>/admin-token`. */
  adminToken: string
  db: Db
  jobs: Jobs
  mail: Mailer
  signals: Signals
  log: Log
  now: () => Date
  /** What a feature builds once for each app: `app.once(createAuth)`. It is given the app outside any transaction. */
  once: <T>(make: (app: App) => T) => T
}

/** Gives an app its `once`. */
export function createApp(parts: Omit<App, 'once'>): App {
  const made = new Map<unknown, unknown>()
  const app: App = {
    ...parts,
    once: <T>(make: (app: App) => T): T => {
      if (!made.has(make)) made.set(make, make(app))
      return made.get(make) as T
    },
  }
  return app
}

/**
 * Runs `work` so that its writes, and the events and signals it sends, all happen or none do.
 * Signals leave after the commit; when this returns, every server on this database has obeyed them.
 */
export async function inTransaction<R>(app: App, work: (tx: App) => Promise<R>): Promise<R> {
  let signals: HeldSignals | undefined
  try {
    const result = await app.db.transaction((db) => {
      signals = app.signals.hold(db)
      return work({ ...app, db, jobs: app.jobs.within(db), signals })
    })
    await signals?.release()
    return result
  } catch (error) {
    signals?.discard()
    throw error
  }
}
