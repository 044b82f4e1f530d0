import { sql } from 'drizzle-orm'
import { fromDrizzle, PgBoss } from 'pg-boss'
import type { App } from '../app.ts'
import type { Db } from '../db/db.ts'
import type { Event } from '../events.ts'
import type { Log } from '../log.ts'
import type { WaitingJob } from './waiting-jobs.ts'

/** Work that runs after a fact was announced, or by the clock (`cron`, in UTC). Must bear being run twice. */
export type Job = {
  /** Imperative: `keys.mail-issued`. */
  name: string
  on?: string
  cron?: string
  /** How many are worked on at once; those of one batch wait for each other. */
  atOnce?: number
  run: (app: App, payload: unknown) => Promise<void>
}

export type Jobs = {
  /** Queues every job that waits for this event; in a transaction, only if it commits. */
  announce: <P>(event: Event<P>, payload: P, options?: { notBefore?: Date }) => Promise<void>
  within: (db: Db) => Jobs
}

export type JobRunner = {
  jobs: Jobs
  /** Works through the queues until `stop`. */
  start: (app: App) => Promise<void>
  /** Queues jobs that a backup kept; those that this release does not know are left out. */
  requeue: (waiting: WaitingJob[]) => Promise<void>
  stop: () => Promise<void>
}

/** A job for an event, with the payload typed by it. */
export function jobOn<P>(
  event: Event<P>,
  name: string,
  run: (app: App, payload: P) => Promise<void>,
): Job {
  return { name, on: event.name, run: (app, payload) => run(app, event.payload.parse(payload)) }
}

/** A job by the clock. */
export function jobAt(cron: string, name: string, run: (app: App) => Promise<void>): Job {
  return { name, cron, run: (app) => run(app) }
}

/** A fact is worked on for a day, in longer and longer steps up to an hour; the clock comes round again anyway. */
const patience = {
  event: { retryLimit: 34, retryBackoff: true, retryDelayMax: 3600 },
  clock: { retryLimit: 8, retryBackoff: true },
}

/** Jobs on PostgreSQL, in the schema `pgboss`. */
export async function createJobRunner(db: Db, all: Job[], log: Log): Promise<JobRunner> {
  const boss = new PgBoss({ db: fromDrizzle(db, sql) })
  boss.on('error', (error) => log.error({ err: error }, 'job queue'))
  await boss.start()
  for (const job of all) {
    await boss.createQueue(job.name, job.on ? patience.event : patience.clock)
    if (job.on) await boss.subscribe(job.on, job.name)
  }
  return {
    jobs: createJobs(boss, db),
    start: async (app) => {
      for (const { name } of await boss.getSchedules()) {
        if (!all.some((job) => job.name === name && job.cron)) await boss.unschedule(name)
      }
      for (const job of all) {
        const localConcurrency = Math.ceil((job.atOnce ?? 1) / batchSize)
        await boss.work(
          job.name,
          { batchSize, localConcurrency, perJobResults: true, burstWhenBatchFull: true },
          (batch) => Promise.all(batch.map((item) => runJob(app, job, item))),
        )
        if (job.cron) await boss.schedule(job.name, job.cron)
      }
    },
    requeue: async (waiting) => {
      for (const { name } of all) {
        const ours = waiting.filter((job) => job.name === name)
        const inserts = ours.map(({ data, ...job }) => ({ ...job, data: data ?? undefined }))
        if (inserts.length > 0) await boss.insert(name, inserts)
      }
    },
    stop: () => boss.stop({ graceful: true, timeout: 5000 }),
  }
}

/** How many the queue hands over together. */
const batchSize = 5

/** The queue keeps a failure to itself and tries again; here it is told. */
async function runJob(app: App, job: Job, { id, data }: { id: string; data: unknown }) {
  try {
    await job.run(app, data)
    return { id, status: 'completed' as const }
  } catch (error) {
    app.log.error({ err: error, job: job.name, id }, 'a job failed, and is tried again')
    return { id, status: 'failed' as const, output: { message: String(error) } }
  }
}

function createJobs(boss: PgBoss, db: Db): Jobs {
  return {
    announce: async (event, payload, { notBefore } = {}) => {
      await boss.publish(event.name, event.payload.parse(payload) as object, {
        db: fromDrizzle(db, sql),
        startAfter: notBefore,
      })
    },
    within: (tx) => createJobs(boss, tx),
  }
}
