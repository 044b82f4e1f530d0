import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { inArray } from 'drizzle-orm'
import { type App, createApp } from './core/app.ts'
import type { Config } from './core/config.ts'
import { openDataDir } from './core/data-dir.ts'
import { connectDb } from './core/db/db.ts'
import { migrateDb } from './core/db/migrate.ts'
import { openDatabase } from './core/db/open-database.ts'
import { connectSignalBus } from './core/db/signal-bus.ts'
import { createJobRunner, type JobRunner } from './core/jobs/jobs.ts'
import { createLog, type Log } from './core/log.ts'
import { createMailer } from './core/mail/mailer.ts'
import { openPrivateFolder } from './core/private-folder.ts'
import { createSignals, type Signal } from './core/signals.ts'
import { organizations } from './features/accounts/schema.ts'
import { apis, jobs, liveKinds } from './features/index.ts'
import { findGrant, hasImportedKeys } from './features/keys/find-grant.ts'
import { publishLogs } from './features/logs/live-logs.ts'
import { getPeriod } from './features/plans/plans.ts'
import { loadRouting } from './features/upstreams/load-routing.ts'
import { countUsed } from './features/usage/count-used.ts'
import { findCursor, recordUsage } from './features/usage/record-usage.ts'
import type { GatewayContract } from './gateway/contract.ts'
import { type GatewayControl, startGateway } from './gateway/control.ts'
import { createIngest } from './gateway/ingest.ts'
import type { Assets } from './http/assets.ts'
import { createDoorServer } from './http/door-server.ts'
import { createRoom } from './http/live/room.ts'
import { createMetrics, type Metrics } from './http/metrics.ts'
import type { PageHandler } from './http/pages.ts'
import { createFrontDoor, type FrontDoor } from './http/server.ts'

/** The product without its doors: the app, and what must be closed after use. */
export type Core = { app: App; runner: JobRunner; close: () => Promise<void> }

/** Opens the data directory and the database, and builds the app. What is opened first is closed last. */
export async function openCore(config: Config, log: Log = createLog(config)): Promise<Core> {
  const closers: (() => Promise<void>)[] = []
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    const dataDir = await openDataDir(config.dataDir, config.secret)
    closers.push(dataDir.release)
    const { url, close: closeDatabase } = await openDatabase(config, (line) => log.info(line))
    closers.push(closeDatabase)
    await migrateDb(url)
    const database = connectDb(url)
    closers.push(database.close)
    // An embedded database has one server; others may be elsewhere on one that is not ours.
    const bus =
      config.database.kind === 'external'
        ? await connectSignalBus(url, database.db, log)
        : undefined
    if (bus) closers.push(bus.close)
    const runner = await createJobRunner(database.db, jobs, log)
    closers.push(runner.stop)
    const app = createApp({
      config,
      log,
      secret: dataDir.secret,
      adminToken: dataDir.adminToken,
      db: database.db,
      jobs: runner.jobs,
      mail: createMailer(config, log),
      signals: createSignals(bus),
      now: () => new Date(),
    })
    return { app, runner, close }
  } catch (error) {
    await close()
    throw error
  }
}

export type Parts = { pages: PageHandler; assets: Assets; version: string; threadEntry: URL }

export type Running = { app: App; port: number; door: FrontDoor; close: () => Promise<void> }

/** Everything, running: front door, jobs, ingest of usage, gateway threads. Doors close before the database does. */
export async function compose(config: Config, parts: Parts): Promise<Running> {
  const core = await openCore(config)
  const { app } = core
  const closers: (() => Promise<void>)[] = [core.close]
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    const metrics = createMetrics()
    const contract = contractOf(app, metrics)
    const journalDirectory = join(config.dataDir, 'journal')
    const ingest = createIngest({ directory: journalDirectory, contract, log: app.log })
    await ingest.recover()
    const { door, socketPath, closeDoor } = await openFrontDoor(app, parts, metrics)
    closers.push(closeDoor)
    await core.runner.start(app)
    closers.push(ingest.stop)
    // Before the first thread listens: a change that arrives while others start waits until all obey.
    const started = Promise.withResolvers<GatewayControl>()
    app.signals.listen(async (signal) => obey(app, await started.promise, signal))
    const gateway = await startGateway({
      contract,
      journalDirectory,
      drain: ingest.drain,
      entry: parts.threadEntry,
      threads: config.workers,
      host: config.host,
      port: config.port,
      frontDoorSocket: socketPath,
      log: app.log,
      logConfig: config.log,
      onFailure: (error) => {
        app.log.fatal({ err: error }, 'a gateway thread failed; ending, to be started again')
        process.exit(1)
      },
    })
    started.resolve(gateway)
    closers.push(gateway.stop)
    ingest.start()
    return { app, door, port: gateway.port, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** What the gateway asks of keys, plans, upstreams and usage. */
function contractOf(app: App, metrics: Metrics): GatewayContract {
  return {
    findGrant: (digest) => findGrant(app, digest),
    getPeriod: async (_organizationId, now) => {
      const { start, end } = getPeriod(new Date(now))
      return { start: start.getTime(), end: end.getTime() }
    },
    countUsed: (organizationId, keyId, period) => countUsed(app, organizationId, keyId, period),
    loadSnapshot: async () => {
      const [routing, imported] = await Promise.all([loadRouting(app), hasImportedKeys(app)])
      return { ...routing, hasImportedKeys: imported }
    },
    recordUsage: async (batch) => {
      await recordUsage(app, batch, publishLogs)
      metrics.count(batch.records)
    },
    findCursor: (segment) => findCursor(app, segment),
  }
}

/** Carries a signal to the gateway threads; who sent it waits until they have obeyed. */
async function obey(app: App, gateway: GatewayControl, signal: Signal): Promise<void> {
  switch (signal.topic) {
    case 'settings':
    case 'routing':
      return gateway.reloadSnapshot()
    case 'everything':
      await gateway.reloadSnapshot()
      return gateway.invalidateAll()
    case 'keys':
      return gateway.invalidate({ keyIds: signal.keyIds, digests: signal.digests })
    case 'organizations':
      return gateway.invalidate({ organizationIds: signal.ids })
    case 'plans': {
      const rows = await app.db
        .select({ id: organizations.id })
        .from(organizations)
        .where(inArray(organizations.planId, signal.ids))
      return gateway.invalidate({ organizationIds: rows.map((row) => row.id) })
    }
  }
}

/** The front door listens for the gateway threads alone, on a socket in a folder that only we may enter. */
async function openFrontDoor(app: App, parts: Parts, metrics: Metrics) {
  const folder = await openPrivateFolder(app.config.dataDir)
  const socketPath = join(folder.path, 'front-door.sock')
  const room = createRoom(app, liveKinds)
  const door = createFrontDoor(app, {
    apis,
    room,
    pages: parts.pages,
    assets: parts.assets,
    version: parts.version,
    metrics: metrics.read,
  })
  const server = createDoorServer(door)
  // A killed server leaves its socket. We hold the lock of the data directory: it is nobody's.
  await rm(socketPath, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketPath, resolve)
  })
  const closeDoor = async () => {
    room.close()
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
    await folder.remove()
  }
  return { door, socketPath, closeDoor }
}
