import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { inTransaction } from '../src/core/app.ts'
import { sumBins } from '../src/features/usage/histogram.ts'
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

test('histograms of any length add up as the database writes them', async () => {
  await using app = await createTestApp()
  const { rows } = await app.db.execute(
    sql`select string_agg(bins::text, '') as bins from (values (array[1,2]), (array[0,0,5]), ('{}'::int[])) as t(bins)`,
  )
  expect(sumBins(String(rows[0]!.bins))).toEqual([1, 2, 5])
})
