import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { makeCustomer } from '../../../test/make.ts'
import { aRecord, recordAll } from '../../../test/usage.ts'
import { getUsage } from './usage.ts'
import { UsageQuery } from './usage-input.ts'

test('a period is told with the days just before it, also over a change of the clock', async () => {
  await using app = await createTestApp({ now: '2026-11-10T12:00:00Z' })
  const ada = await makeCustomer(app)
  await recordAll(app, [
    aRecord(ada, '2026-10-24T21:59:00Z'),
    aRecord(ada, '2026-10-24T22:00:00Z', { status: 500 }),
    aRecord(ada, '2026-10-25T22:59:00Z'),
    aRecord(ada, '2026-10-25T23:00:00Z'),
  ])
  const query = UsageQuery.parse({ from: '2026-10-26', to: '2026-10-27' })
  const { totals, previous } = await getUsage(app, ada, query, 'Europe/Paris')
  expect(totals.requests).toBe(1)
  // The day before has 25 hours in Paris.
  expect(previous).toMatchObject({
    ...{ from: '2026-10-24T22:00:00.000Z', to: '2026-10-25T23:00:00.000Z' },
    totals: { requests: 2, errors: 1 },
  })
})
