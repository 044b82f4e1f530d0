import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { anEvent, makeMeters, report } from '../../../test/events.ts'
import { makeCustomer, makeMember } from '../../../test/make.ts'
import { aRecord, recordAll } from '../../../test/usage.ts'
import { issueKey } from '../keys/issue-key.ts'
import { updateAlertPreferences } from '../notifications/alert-preferences.ts'
import { getOverview } from './overview.ts'

const noon = '2026-11-24T12:00:00Z'

test('the overview says what needs attention, to those who may see what it is about', async () => {
  await using app = await createTestApp({ now: noon })
  const ada = await makeCustomer(app, { plan: { requests_per_month: 10, max_api_keys: 5 } })
  const codes = async (actor = ada) =>
    (await getOverview(app, actor, 'UTC')).alerts.map(({ code }) => code)
  expect(await codes()).toEqual([])
  await issueKey(app, ada, { name: 'soon', expires_at: '2026-11-28T00:00:00Z' })
  await issueKey(app, ada, { name: 'later', expires_at: '2026-12-28T00:00:00Z' })
  const refused = { outcome: 'refused', status: 429, errorCode: 'rate_limit_exceeded' } as const
  await recordAll(app, [
    ...Array.from({ length: 8 }, () => aRecord(ada, noon)),
    aRecord(ada, '2026-11-24T11:00:00Z', refused),
    aRecord(ada, '2026-11-20T11:00:00Z', refused),
  ])
  const { alerts, last_hour } = await getOverview(app, ada, 'UTC')
  expect(alerts).toMatchObject([
    { code: 'quota_warning', severity: 'warning', percent: 80 },
    { code: 'rate_limited', requests: 1 },
    { code: 'key_expiring', name: 'soon', expires_at: '2026-11-28T00:00:00.000Z' },
  ])
  expect([last_hour.length, last_hour.reduce((sum, requests) => sum + requests)]).toEqual([60, 1])
  expect(await codes(await makeMember(app, ada, 'billing'))).toEqual(['quota_warning'])
  await recordAll(app, [aRecord(ada, noon), aRecord(ada, noon)])
  expect((await codes())[0]).toBe('quota_exhausted')
})

test('the overview says which meters are nearly or wholly used, from the organization’s own first threshold', async () => {
  await using app = await createTestApp({ now: noon })
  await makeMeters(app)
  const plan = { limits: { storage: 10, ml_predictions: 100, data_transfer: 1000 } }
  const ada = await makeCustomer(app, { plan })
  const told = async () =>
    (await getOverview(app, ada, 'UTC')).alerts.map((alert) => [
      alert.code,
      'meter' in alert && alert.meter,
    ])
  const subject = ada.organizationId
  await report(app, [
    anEvent({ subject, type: 'storage', value: 12 }),
    anEvent({ subject, type: 'ml_predictions', value: 85 }),
  ])
  await recordAll(app, [aRecord(ada, noon, { bytesIn: 400, bytesOut: 200 })])
  const [storage, predictions] = [
    ['meter_exhausted', 'storage'],
    ['meter_warning', 'ml_predictions'],
  ]
  expect(await told()).toEqual([storage, predictions])
  await updateAlertPreferences(app, ada, { thresholds: [90] })
  expect(await told()).toEqual([storage])
  await updateAlertPreferences(app, ada, { thresholds: [60] })
  expect(await told()).toEqual([storage, predictions, ['meter_warning', 'data_transfer']])
})
