import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { anEvent, makeMeters, report } from '../../../test/events.ts'
import { makeCustomer } from '../../../test/make.ts'
import { getPeriod } from '../plans/plans.ts'
import { dropOldEvents, prepareEventPartitions } from './jobs.ts'
import { readMeterLevels } from './levels.ts'
import { removeMeterUsage } from './remove-meter-usage.ts'
import { meterCorrections, meterEvents, meterRollups } from './schema.ts'

const counts = async (app: TestApp) => ({
  events: await app.db.$count(meterEvents),
  corrections: await app.db.$count(meterCorrections),
  rollups: await app.db.$count(meterRollups),
})

test('events go when none may come late any more, sums later, and the present level of a gauge stays', async () => {
  await using app = await createTestApp({ now: '2026-01-10T12:00:00Z' })
  await makeMeters(app)
  const { userId: subject, organizationId } = await makeCustomer(app)
  const first = anEvent({ subject, type: 'storage', value: 1, time: '2026-01-08T00:00:00Z' })
  await report(app, [
    first,
    anEvent({ subject, type: 'storage', value: 2 }),
    anEvent({ subject, type: 'ml_predictions', value: 3 }),
    anEvent({ subject, type: 'storage', value: 4, corrects: first.id }),
  ])
  expect(await counts(app)).toEqual({ events: 3, corrections: 1, rollups: 6 })
  app.setNow('2026-02-10T12:00:00Z')
  await dropOldEvents(app)
  expect(await counts(app)).toEqual({ events: 2, corrections: 0, rollups: 6 })
  app.setNow('2027-06-01T12:00:00Z')
  await prepareEventPartitions(app)
  await dropOldEvents(app)
  expect(await counts(app)).toEqual({ events: 0, corrections: 0, rollups: 2 })
  const levels = await readMeterLevels(app, organizationId, null, getPeriod(app.now()))
  expect(levels.find(({ key }) => key === 'storage')).toMatchObject({ used: 2, max: 2 })
  const late = anEvent({ subject, type: 'storage', value: 5 })
  expect(await report(app, [late])).toMatchObject({ accepted: 1 })
})

test('an organization takes along what was reported of it, and nobody else’s', async () => {
  await using app = await createTestApp()
  await makeMeters(app)
  const [gone, kept] = [await makeCustomer(app), await makeCustomer(app)]
  const events = [gone, kept].map(({ userId: subject }) =>
    anEvent({ subject, type: 'ml_predictions', value: 3 }),
  )
  await report(app, events)
  await removeMeterUsage(app, gone.organizationId)
  const { rows } = await app.db.execute(sql`
    select distinct organization_id from meter_rollups union select organization_id from meter_events`)
  expect(rows).toEqual([{ organization_id: kept.organizationId }])
})
