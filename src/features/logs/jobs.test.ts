import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { makeCustomer } from '../../../test/make.ts'
import { aRecord } from '../../../test/usage.ts'
import { followLive } from '../../core/live/live.ts'
import { liveEvents, liveStreams } from '../../core/live/schema.ts'
import { recordUsage } from '../usage/record-usage.ts'
import { logsJobs } from './jobs.ts'
import { publishLogs } from './live-logs.ts'

test('with an organization go the events of its live log', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const { organizationId } = ada
  await followLive(app, [`logs:${organizationId}`])
  const records = [aRecord(ada, app.now().getTime())]
  await recordUsage(app, { segment: 'one', from: 0, to: 1, records }, publishLogs)
  const kept = async () => [await app.db.$count(liveStreams), await app.db.$count(liveEvents)]
  expect(await kept()).toEqual([1, 1])
  for (const job of logsJobs) await job.run(app, { organizationId })
  expect(await kept()).toEqual([0, 0])
})
