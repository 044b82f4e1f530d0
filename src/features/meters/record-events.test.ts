import { eq, sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { anEvent, makeMeters, report } from '../../../test/events.ts'
import { type Customer, makeCustomer } from '../../../test/make.ts'
import { getPeriod } from '../plans/plans.ts'
import { toDecimal } from './exact-number.ts'
import { readMeterLevels } from './levels.ts'
import { eventIdentities, meterEvents } from './schema.ts'

let app: TestApp
let ada: Customer
const now = '2026-11-20T12:00:00.000Z'
beforeAll(async () => {
  app = await createTestApp({ now })
  await makeMeters(app)
  ada = await makeCustomer(app)
})
afterAll(() => app[Symbol.asyncDispose]())

const limits = { ml_predictions: 10, storage: 100 }
async function levelsOf(customer: Customer, at = now) {
  const period = getPeriod(new Date(at))
  const levels = await readMeterLevels(app, customer.organizationId, { limits }, period)
  return Object.fromEntries(levels.map((level) => [level.key, level]))
}
const predict = (value: number, rest = {}) =>
  anEvent({ subject: ada.organizationId, type: 'ml_predictions', value, ...rest })

test('counters add exactly, gauges keep what was set last, and each stands against its limit', async () => {
  const eve = await makeCustomer(app)
  const at = (minute: number) => ({ time: `2026-11-20T10:${minute}:00Z` })
  const events = [
    anEvent({ subject: eve.organizationId, type: 'ml_predictions', value: 0.1 }),
    anEvent({ subject: eve.userId, type: 'ml_predictions', value: 0.2 }),
    anEvent({ subject: eve.email.toUpperCase(), type: 'ml_predictions', value: 8.7 }),
    anEvent({ subject: eve.userId, type: 'storage', value: 90, ...at(30) }),
    anEvent({ subject: eve.userId, type: 'storage', value: 40, ...at(50) }),
    anEvent({ subject: eve.userId, type: 'storage', value: 70, ...at(40) }),
  ]
  expect(await report(app, events)).toEqual({ accepted: 6, duplicates: 0, rejected: [] })
  expect(await levelsOf(eve)).toMatchObject({
    ml_predictions: { used: 9, limit: 10, percent: 90 },
    storage: { used: 40, max: 90, limit: 100, percent: 40 },
    bgp_peerings: { used: 0, max: 0, limit: null, percent: null },
  })
  expect(await levelsOf(eve, '2026-12-20T00:00:00Z')).toMatchObject({
    ml_predictions: { used: 0 },
    storage: { used: 40, max: 40 },
  })
})

test('two levels of one moment: the later event counts, and microseconds are told apart', async () => {
  const eve = await makeCustomer(app)
  const set = (value: number, time?: string) =>
    anEvent({ subject: eve.userId, type: 'storage', value, time })
  await report(app, [set(3), set(5), set(4)])
  expect(await levelsOf(eve)).toMatchObject({ storage: { used: 4, max: 5 } })
  await report(app, [
    set(7, '2026-11-20T13:00:00.000002+01:00'),
    set(6, '2026-11-20T12:00:00.000001Z'),
  ])
  await report(app, [set(8, '2026-11-20T12:00:00Z')])
  expect(await levelsOf(eve)).toMatchObject({ storage: { used: 7, max: 8 } })
})

test('numbers count with all their digits', async () => {
  const eve = await makeCustomer(app)
  const { data: _, ...event } = anEvent({ subject: eve.userId, type: 'ml_predictions', value: 0 })
  const body = (id: string, number: string) =>
    `${JSON.stringify({ ...event, id }).slice(0, -1)},"data":{"value":${number}}}`
  const numbers = ['123456789012345.123456789', '0.000000001', '1.5e3', '-2', '1E-9', '0e99999']
  const answer = await report(app, `[${numbers.map((n, i) => body(`digits${i}`, n)).join()}]`)
  expect(answer).toMatchObject({ accepted: numbers.length })
  const [row] = await app.db
    .select({ total: sql`sum(${meterEvents.value})::text` })
    .from(meterEvents)
    .where(eq(meterEvents.organizationId, eve.organizationId))
  expect(row!.total).toBe('123456789013843.123456791')
})

test('a decimal is what the JSON number says, or nothing', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 15n) + 1n, max: 10n ** 15n - 1n }),
      fc.integer({ min: 0, max: 9 }),
      (whole, shift) => {
        const decimal = toDecimal(`${whole}e-${shift}`)
        const [front, back = ''] = decimal!.split('.')
        expect(BigInt(front! + back.padEnd(shift, '0'))).toBe(whole)
      },
    ),
  )
  for (const bad of ['1e400', '1e15', '1e-10', '1234567890123456', '-1e99999999', '0.1234567891'])
    expect(toDecimal(bad), bad).toBeUndefined()
})

test('a bad event is told by its index, and hinders no other', async () => {
  const { data: _, ...bare } = predict(1)
  const events: [code: string, event: unknown][] = [
    ['invalid_event', null],
    ['invalid_event', 7],
    ['invalid_event', { ...predict(1), specversion: '0.3' }],
    ['invalid_event', { ...predict(1), id: '' }],
    ['invalid_event', { ...predict(1), id: 'x\0' }],
    ['invalid_event', { ...predict(1), source: 'x\ud800' }],
    ['invalid_event', { ...predict(1), source: undefined }],
    ['invalid_value', bare],
    ['invalid_value', { ...predict(1), data: { value: '3' } }],
    ['invalid_value', { ...predict(1), data: { value: null } }],
    ['invalid_value', { ...predict(1), data: [1] }],
    ['invalid_value', predict(1e16)],
    ['invalid_value', predict(1e-12)],
    ['unknown_meter', predict(1, { type: 'no_meter' })],
    ['built_in_meter', predict(1, { type: 'api_requests' })],
    ['unknown_subject', predict(1, { subject: 'nobody@example.com' })],
    ['invalid_time', predict(1, { time: 'yesterday' })],
    ['invalid_time', predict(1, { time: '2026-11-31T00:00:00Z' })],
    ['time_in_future', predict(1, { time: '2026-11-20T12:05:01Z' })],
    ['event_too_late', predict(1, { time: '2026-10-20T11:59:59Z' })],
  ]
  const given = [predict(1), ...events.map(([, event]) => event), predict(2)]
  const answer = await report(app, given)
  expect(answer).toMatchObject({ accepted: 2, duplicates: 0 })
  expect(answer.rejected.map(({ index, code }) => [code, index])).toEqual(
    events.map(([code], i) => [code, i + 1]),
  )
  for (const { detail } of answer.rejected) expect(detail).toMatch(/^[A-Zd].{10,}/)
  const details = answer.rejected.map(({ detail }) => detail).join('\n')
  expect(details).toContain('data.value: Give a number, without quotes')
  expect(details).toContain('time: Write a time with its offset, such as 2026-11-24T09:00:00Z')
})

test('what cannot be read at all is refused as a whole', async () => {
  await expect(report(app, '{"specversion":')).rejects.toMatchObject({ code: 'bad_request' })
  await expect(report(app, '[{"data":{"value":NaN}}]')).rejects.toMatchObject({ status: 400 })
  const many = Array.from({ length: 10_001 }, () => 0)
  await expect(report(app, many)).rejects.toMatchObject({ code: 'too_many_events', status: 413 })
  expect(await report(app, [])).toEqual({ accepted: 0, duplicates: 0, rejected: [] })
})

test('late events count in the period that they belong to', async () => {
  const eve = await makeCustomer(app)
  const late = anEvent({ subject: eve.userId, type: 'ml_predictions', value: 5 })
  await report(app, [{ ...late, time: '2026-10-31T23:59:59.999Z' }])
  expect(await levelsOf(eve)).toMatchObject({ ml_predictions: { used: 0 } })
  expect(await levelsOf(eve, '2026-10-31')).toMatchObject({ ml_predictions: { used: 5 } })
})

test('sixteen at once that send overlapping batches count each event once', async () => {
  const eve = await makeCustomer(app)
  const pool = Array.from({ length: 300 }, (_, i) =>
    anEvent({
      ...{ subject: eve.userId, type: i % 3 ? 'ml_predictions' : 'storage', value: i },
      time: new Date(Date.parse(now) - (i % 50) * 3_600_000).toISOString(),
    }),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.shuffledSubarray(pool, { minLength: 100 }), { minLength: 16, maxLength: 16 }),
      async (batches) => {
        const answers = await Promise.all(batches.map((batch) => report(app, batch)))
        for (const [i, { accepted, duplicates, rejected }] of answers.entries())
          expect([accepted + duplicates, rejected]).toEqual([batches[i]!.length, []])
      },
    ),
    { numRuns: 4 },
  )
  await report(app, pool)
  const { rows } = await app.db.execute(sql`
    select count(*)::int as events, count(distinct event_id)::int as ids,
      (array_agg(value::int order by at desc, seq desc)
        filter (where meter_id = (select id from meters where key = 'storage')))[1] as last
    from meter_events where organization_id = ${eve.organizationId}`)
  expect(rows).toEqual([{ events: 300, ids: 300, last: expect.toBeOneOf([0, 150]) }])
  const counted = pool.map(({ data }, i) => (i % 3 ? (data as { value: number }).value : 0))
  const { ml_predictions, storage } = await levelsOf(eve)
  expect(ml_predictions!.used).toBe(counted.reduce((sum, value) => sum + value, 0))
  expect([storage!.used, storage!.max]).toEqual([rows[0]!.last, 297])
})

test('an id counts once also when it comes back with another time or value', async () => {
  const event = predict(1)
  await report(app, [event, { ...event, data: { value: 9 } }])
  const again = { ...event, time: '2026-11-02T00:00:00Z' }
  expect(await report(app, [again])).toMatchObject({ accepted: 0, duplicates: 1 })
  expect(await report(app, [{ ...event, source: 'another' }])).toMatchObject({ accepted: 1 })
  expect(await app.db.$count(eventIdentities)).toBe(await app.db.$count(meterEvents))
})
