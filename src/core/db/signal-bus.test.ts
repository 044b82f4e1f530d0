import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { type App, createApp, inTransaction } from '../app.ts'
import { createSignals, type Signal } from '../signals.ts'
import { type Bus, connectSignalBus } from './signal-bus.ts'

type Server = { app: App; heard: Signal[]; bus: Bus }

/** Another server on the same database. `obey` is what it does with a signal. */
async function startServer(test: TestApp, obey?: () => Promise<void>): Promise<Server> {
  const bus = await connectSignalBus(test.databaseUrl, test.db, test.log)
  const app = createApp({ ...test, signals: createSignals(bus) })
  const heard: Signal[] = []
  app.signals.listen(async (signal) => {
    await obey?.()
    heard.push(signal)
  })
  return { app, heard, bus }
}

const change = (server: Server, signal: Signal) =>
  inTransaction(server.app, (tx) => tx.signals.send(signal))

test('a change returns when every server on the database has obeyed it', async () => {
  await using app = await createTestApp()
  const first = await startServer(app)
  const second = await startServer(app, () => wait(150))
  const third = await startServer(app)
  await change(first, { topic: 'organizations', ids: ['org_1'] })
  for (const { heard } of [first, second, third])
    expect(heard).toEqual([{ topic: 'organizations', ids: ['org_1'] }])
  for (const { bus } of [first, second, third]) await bus.close()
})

test('a change that failed is told to nobody', async () => {
  await using app = await createTestApp()
  const first = await startServer(app)
  const second = await startServer(app)
  const failed = inTransaction(first.app, async (tx) => {
    await tx.signals.send({ topic: 'settings' })
    throw new Error('no')
  })
  await expect(failed).rejects.toThrow('no')
  await change(first, { topic: 'routing' })
  expect(second.heard).toEqual([{ topic: 'routing' }])
  for (const { bus } of [first, second]) await bus.close()
})

test('a signal that is too long for one message says that everything may be old', async () => {
  await using app = await createTestApp()
  const first = await startServer(app)
  const second = await startServer(app)
  await change(first, { topic: 'plans', ids: Array.from({ length: 1000 }, (_, i) => `pln_${i}`) })
  expect(second.heard).toEqual([{ topic: 'everything' }])
  for (const { bus } of [first, second]) await bus.close()
})

test('a server that is gone is not waited for, and one that was cut off starts afresh', async () => {
  await using app = await createTestApp()
  const first = await startServer(app)
  const gone = await startServer(app)
  await gone.bus.close()
  const cut = await startServer(app)
  await app.db.execute(sql`
    select pg_terminate_backend(pid) from pg_stat_activity
     where application_name like 'apigate %-%' and datname = current_database()`)
  await expect.poll(() => cut.heard, { timeout: 5000 }).toEqual([{ topic: 'everything' }])
  await expect.poll(() => first.heard.length, { timeout: 5000 }).toBe(1)
  await change(first, { topic: 'settings' })
  expect(cut.heard.at(-1)).toEqual({ topic: 'settings' })
  expect(gone.heard).toEqual([])
  for (const { bus } of [first, cut]) await bus.close()
})

/** The database's socket at another place, where it can be away for a while. */
async function openDetour(databaseUrl: string) {
  const url = new URL(databaseUrl.replace('@/', '@localhost/'))
  const socketName = `.s.PGSQL.${url.port || 5432}`
  const folder = url.searchParams.get('host')
  const directory = mkdtempSync(join(tmpdir(), 'apigate-detour-'))
  const open = new Set<Socket>()
  let connections = 0
  const server = createServer((inner) => {
    connections += 1
    const outer = folder
      ? connect(join(folder, socketName))
      : connect(Number(url.port || 5432), url.hostname)
    for (const socket of [inner, outer]) {
      open.add(socket)
      socket.on('error', () => socket.destroy()).on('close', () => open.delete(socket))
    }
    inner.pipe(outer).pipe(inner)
  })
  const start = () =>
    new Promise<void>((resolve) => server.listen(join(directory, socketName), resolve))
  await start()
  url.searchParams.set('host', directory)
  return {
    url: url.href,
    countConnections: () => connections,
    awayFor: async (ms: number) => {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of open) socket.destroy()
      await closed
      connections = 0
      await wait(ms)
      await start()
    },
    close: () => {
      server.close()
      rmSync(directory, { recursive: true })
    },
  }
}

test('while the database is away one attempt at a time is made, and one connection once it is back', async () => {
  await using app = await createTestApp()
  const detour = await openDetour(app.databaseUrl)
  const bus = await connectSignalBus(detour.url, app.db, app.log)
  const heard: Signal[] = []
  bus.listen((signal) => void heard.push(signal))
  await detour.awayFor(100)
  // Long enough for whoever else would try again after a second.
  await wait(1500)
  expect(heard).toEqual([{ topic: 'everything' }])
  expect(detour.countConnections()).toBe(1)
  await bus.close()
  detour.close()
})
