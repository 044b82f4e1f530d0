import { expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { anEvent, makeMeters, report } from '../../../test/events.ts'
import { runAnnounced } from '../../../test/jobs.ts'
import { makeCustomer, system } from '../../../test/make.ts'
import { aRecord, recordAll } from '../../../test/usage.ts'
import { mails } from '../../core/mail/schema.ts'
import { updateUser } from '../accounts/users.ts'
import { createMeter, updateMeter } from '../meters/meters.ts'
import { recordEvents } from '../meters/record-events.ts'
import { notices } from '../notices/schema.ts'
import { updateAlertPreferences } from '../notifications/alert-preferences.ts'
import { createPlan } from '../plans/plans.ts'
import { setSetting } from '../settings/settings.ts'
import { warnOfMeters } from './meter-warnings.ts'
import { warnOfAllQuotas } from './quota-warnings.ts'

const now = '2026-11-10T12:00:00Z'
const told = async (app: TestApp) =>
  (await app.db.select().from(notices).orderBy(notices.id))
    .filter(({ type }) => type.startsWith('quota.'))
    .map(({ type, data }) => [type, data.threshold])
    .sort(([, a], [, b]) => Number(a) - Number(b))

test('each threshold is told once, under 64 writers at once, and again in the next period', async () => {
  await using app = await createTestApp({ now })
  const ada = await makeCustomer(app, { plan: { requests_per_month: 1000 } })
  const other = await makeCustomer(app, { plan: { requests_per_month: 1000 } })
  const use = (count: number, keyId: string) =>
    recordAll(
      app,
      Array.from({ length: count }, () => aRecord(ada, now, { keyId })),
    )
  await recordAll(app, [aRecord(other, now)])
  await use(799, 'key_0')
  expect(await told(app)).toEqual([])
  await Promise.all(Array.from({ length: 64 }, (_, at) => use(4, `key_${at}`)))
  await warnOfAllQuotas(app)
  expect(await told(app)).toEqual([
    ['quota.warning', 80],
    ['quota.exhausted', 100],
  ])
  await runAnnounced(app)
  const sent = await app.db.select().from(mails)
  expect(sent.map(({ to, template }) => [to, template]).sort()).toEqual([
    [ada.email, 'notices.quota.exhausted'],
    [ada.email, 'notices.quota.warning'],
  ])
  const december = '2026-12-01T00:00:00Z'
  app.setNow(december)
  await recordAll(
    app,
    Array.from({ length: 800 }, () => aRecord(ada, december)),
  )
  expect(await told(app)).toHaveLength(3)
}, 60_000)

test('refused requests, unlimited plans and late news of another period tell nothing', async () => {
  await using app = await createTestApp({ now })
  const ada = await makeCustomer(app, { plan: { requests_per_month: 10 } })
  const free = await makeCustomer(app, { plan: { requests_per_month: null } })
  const many = (owner: typeof ada, time: string, outcome: 'forwarded' | 'refused') =>
    recordAll(
      app,
      Array.from({ length: 20 }, () => aRecord(owner, time, { outcome })),
    )
  await many(ada, now, 'refused')
  await many(ada, '2026-10-31T23:59:59Z', 'forwarded')
  await many(free, now, 'forwarded')
  await warnOfAllQuotas(app)
  expect(await told(app)).toEqual([])
})

test('a smaller plan and other thresholds are noticed without another request', async () => {
  await using app = await createTestApp({ now })
  const ada = await makeCustomer(app, { plan: { requests_per_month: 100 } })
  await recordAll(
    app,
    Array.from({ length: 60 }, () => aRecord(ada, now)),
  )
  await warnOfAllQuotas(app)
  expect(await told(app)).toEqual([])
  await setSetting(app, system, 'quota_warning_thresholds', [50, 90])
  await warnOfAllQuotas(app)
  expect(await told(app)).toEqual([['quota.warning', 50]])
  const { id } = await createPlan(app, system, { name: 'Small', requests_per_month: 64 })
  await updateUser(app, system, ada.userId, { plan_id: id })
  await Promise.all([warnOfAllQuotas(app), warnOfAllQuotas(app)])
  expect(await told(app)).toEqual([
    ['quota.warning', 50],
    ['quota.warning', 90],
  ])
})

test('the other meters of a plan are warned of, too, each threshold once', async () => {
  await using app = await createTestApp({ now })
  const plan = { limits: { data_transfer: 1000, predictions: 10, forecasts: 5 } }
  const ada = await makeCustomer(app, { plan })
  await createMeter(app, system, {
    key: 'predictions',
    name: 'Predictions',
    kind: 'counter',
    unit: 'calls',
  })
  const forecasts = { key: 'forecasts', name: 'Forecasts', unit: 'credits' } as const
  await createMeter(app, system, { ...forecasts, kind: 'counter', source: 'credits' })
  const costly = { creditCost: 4, meters: ['forecasts'] }
  await recordAll(app, [aRecord(ada, now, { bytesIn: 400, bytesOut: 450, ...costly })])
  const event = { specversion: '1.0', id: '1', source: '/tests', type: 'predictions' }
  const body = [{ ...event, subject: ada.organizationId, time: now, data: { value: 10 } }]
  await recordEvents(app, system, JSON.stringify(body))
  await Promise.all([warnOfMeters(app), warnOfMeters(app)])
  await warnOfMeters(app)
  const rows = await app.db.select().from(notices)
  expect(rows.map(({ data }) => `${data.name} ${data.threshold}`).sort()).toEqual([
    ...['Data transfer 80', 'Forecasts 80', 'Predictions 100', 'Predictions 80'],
  ])
})

test('a level that stays is warned of in each period, at the organization’s own thresholds, and not once archived', async () => {
  await using app = await createTestApp({ now })
  await makeMeters(app)
  const plan = { limits: { storage: 100, bgp_peerings: 10, ml_predictions: 0 } }
  const [ada, bob] = [await makeCustomer(app, { plan }), await makeCustomer(app, { plan })]
  await updateAlertPreferences(app, bob, { thresholds: [60] })
  for (const { organizationId: subject } of [ada, bob]) {
    await report(app, [
      anEvent({ subject, type: 'storage', value: 85 }),
      anEvent({ subject, type: 'bgp_peerings', value: 5 }),
      anEvent({ subject, type: 'ml_predictions', value: 5 }),
    ])
  }
  const names = { [ada.organizationId]: 'ada', [bob.organizationId]: 'bob' }
  const toldOf = async () => {
    await warnOfMeters(app)
    const rows = await app.db.select().from(notices)
    return rows
      .filter(({ type }) => type.startsWith('quota.'))
      .map(({ organizationId, data: { name, threshold, used, limit, unit } }) =>
        [names[organizationId!], name, threshold, used, limit, unit].join(' '),
      )
      .sort()
  }
  const [toAda, toBob] = ['ada storage 80 85 100 GB', 'bob storage 60 85 100 GB']
  expect(await toldOf()).toEqual([toAda, toBob])
  app.setNow(new Date('2026-12-02T00:00:00Z'))
  expect(await toldOf()).toEqual([toAda, toAda, toBob, toBob])
  await updateMeter(app, system, 'storage', { archived: true })
  app.setNow(new Date('2027-01-02T00:00:00Z'))
  expect(await toldOf()).toHaveLength(4)
})
