import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { inTransaction } from '../src/core/app.ts'
import { createTestApp } from './app.ts'

test('a signal sent in a transaction leaves after the commit, and not at all when it fails', async () => {
  await using app = await createTestApp()
  const heard: string[] = []
  app.signals.listen((signal) => void heard.push(signal.topic))
  await inTransaction(app, async (tx) => {
    await tx.signals.send({ topic: 'settings' })
    expect(heard).toEqual([])
  })
  expect(heard).toEqual(['settings'])
  const failed = inTransaction(app, async (tx) => {
    await tx.signals.send({ topic: 'routing' })
    throw new Error('no')
  })
  await expect(failed).rejects.toThrow('no')
  expect(heard).toEqual(['settings'])
})

test('histogram bins of any length add up in the database', async () => {
  await using app = await createTestApp()
  const { rows } = await app.db.execute(
    sql`select sum_bins(bins) as bins from (values (array[1,2]), (array[0,0,5]), ('{}'::int[])) as t(bins)`,
  )
  expect(rows[0]).toEqual({ bins: [1, 2, 5] })
})
