import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { anEvent, makeMeters, report } from '../../../test/events.ts'
import { makeCustomer } from '../../../test/make.ts'
import { getPeriod } from '../plans/plans.ts'
import { readMeterLevels } from './levels.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp({ now: '2026-11-20T12:00:00.000Z' })
  await makeMeters(app)
})
afterAll(() => app[Symbol.asyncDispose]())

/** Somebody who was reported the three values, an hour apart, on 2 November. */
async function reported(type: string, values: number[]) {
  const { userId: subject, organizationId } = await makeCustomer(app)
  const events = values.map((value, i) =>
    anEvent({ subject, type, value, time: `2026-11-02T0${i + 1}:00:00Z` }),
  )
  await report(app, events)
  const level = async () => {
    const levels = await readMeterLevels(app, organizationId, null, getPeriod(app.now()))
    const { used, max } = levels.find(({ key }) => key === type)!
    return { used, max }
  }
  const correct = (i: number, value: number | null, rest = {}) =>
    anEvent({ subject, type, value, corrects: events[i]!.id, ...rest })
  return { events, level, correct, organizationId }
}

test('a correction replaces the value of a counter’s event in its own period, once', async () => {
  const { level, correct } = await reported('ml_predictions', [10, 500, 20])
  const correction = correct(1, 50.5)
  const answers = await Promise.all([1, 2, 3].map(() => report(app, [correction])))
  expect(answers.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(1)
  expect(await level()).toEqual({ used: 80.5 })
  await report(app, [correct(1, null), correct(0, 11)])
  expect(await level()).toEqual({ used: 31 })
  await report(app, [correct(1, 5)])
  expect(await level()).toEqual({ used: 36 })
})

test('a correction takes a wrong level out of a gauge’s last value and maximum', async () => {
  const { level, correct, organizationId } = await reported('storage', [10, 9000, 30])
  expect(await level()).toEqual({ used: 30, max: 9000 })
  await report(app, [correct(1, 90)])
  expect(await level()).toEqual({ used: 30, max: 90 })
  await report(app, [correct(2, null)])
  expect(await level()).toEqual({ used: 90, max: 90 })
  await report(app, [correct(0, null), correct(1, null)])
  expect(await level()).toEqual({ used: 0, max: 0 })
  const { rows } = await app.db.execute(sql`
    select before::text || ' → ' || coalesce(after::text, 'none') as made from meter_corrections
    where organization_id = ${organizationId} order by before`)
  expect(rows.map(({ made }) => made)).toEqual([
    ...['10 → none', '30 → none', '90 → none', '9000 → 90'],
  ])
})

test('an event and its correction may come in one batch, in any order', async () => {
  const { userId: subject } = await makeCustomer(app)
  const event = anEvent({ subject, type: 'ml_predictions', value: 7 })
  const correction = anEvent({ subject, type: 'ml_predictions', value: 8, corrects: event.id })
  expect(await report(app, [correction, event])).toMatchObject({ accepted: 2, rejected: [] })
})

test('what is not there, is somebody else’s or too old is not corrected, and may be tried again', async () => {
  const { correct, events, level } = await reported('ml_predictions', [10])
  const { userId } = await makeCustomer(app)
  const unknown = correct(0, 1, { corrects: 'never sent' })
  const refused = [
    unknown,
    correct(0, 1, { source: 'another' }),
    correct(0, 1, { subject: userId }),
    correct(0, 1, { type: 'storage' }),
  ]
  const answer = await report(app, refused)
  expect(answer.accepted).toBe(0)
  expect(answer.rejected.map(({ index, code }) => [index, code])).toEqual(
    refused.map((_, index) => [index, 'unknown_event']),
  )
  expect(await report(app, [{ ...unknown, corrects: events[0]!.id }])).toMatchObject({
    accepted: 1,
  })
  expect(await level()).toEqual({ used: 1 })
  app.setNow('2026-12-20T12:00:00.000Z')
  expect((await report(app, [correct(0, 2)])).rejected[0]!.code).toBe('event_too_late')
  app.setNow('2026-11-20T12:00:00.000Z')
})
