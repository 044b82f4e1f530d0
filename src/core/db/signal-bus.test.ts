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
