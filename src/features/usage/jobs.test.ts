import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { makeCustomer, system } from '../../../test/make.ts'
import { aRecord, recordAll } from '../../../test/usage.ts'
import { deleteUser } from '../accounts/remove-user.ts'
import { createMeter } from '../meters/meters.ts'
import { setSetting } from '../settings/settings.ts'
import { dropOldUsage, preparePartitions, removeStrays, usageJobs } from './jobs.ts'

const now = '2026-11-24T23:50:00Z'

async function countRows(app: TestApp) {
  const count = (table: string) => sql`(select count(*)::int from ${sql.identifier(table)})`
  const { rows } = await app.db.execute(sql`
    select ${count('request_logs')} as logs, ${count('usage_minutes')} as minutes,
      ${count('usage_hours')} as hours, ${count('usage_days')} as days,
      ${count('usage_weeks')} as weeks,
      (select count(*)::int from usage_totals where organization_id <> '') as totals,
      ${count('usage_periods')} as periods, ${count('key_activity')} as keys`)
  return rows[0]
}

async function listPartitions(app: TestApp) {
  const { rows } = await app.db.execute(sql`
    select relid::regclass::text as name from pg_partition_tree('request_logs')
    where level = 1 order by 1`)
  return rows.map((row) => row.name)
}

test('today and tomorrow have their partitions ahead, also when two processes make them at once', async () => {
  await using app = await createTestApp({ now })
  await Promise.all([
    preparePartitions(app),
    preparePartitions({ ...app, once: (make) => make(app) }),
  ])
  expect(await listPartitions(app)).toEqual(['request_logs_20261124', 'request_logs_20261125'])
})

test('each kind of row goes when its time is over, and counts of periods stay', async () => {
  await using app = await createTestApp({ now })
  await setSetting(app, system, 'usage_retention_days', 500)
  const ada = await makeCustomer(app)
  const ages = { today: 0, minutes: 4, logs: 40, aggregates: 408 }
  await recordAll(
    app,
    Object.values(ages).map((days) => aRecord(ada, Date.parse(now) - days * 86_400_000)),
  )
  await setSetting(app, system, 'usage_retention_days', 30)
  await dropOldUsage(app)
  expect(await countRows(app)).toEqual({
    ...{ logs: 2, minutes: 1, hours: 3, days: 3, weeks: 2, totals: 9, periods: 3, keys: 1 },
  })
  expect(await listPartitions(app)).toEqual(['request_logs_20261120', 'request_logs_20261124'])
  await recordAll(app, [aRecord(ada, Date.parse(now) - 40 * 86_400_000)])
  expect(await countRows(app)).toMatchObject({ logs: 2, hours: 3 })
})

test('an organization takes its usage along when it goes, and nobody else’s', async () => {
  await using app = await createTestApp({ now })
  const [ada, eve] = [await makeCustomer(app), await makeCustomer(app)]
  await recordAll(app, [
    aRecord(ada, now, { keyId: 'key_a', outcome: 'refused', status: 403 }),
    aRecord(ada, now, { keyId: 'key_b' }),
    aRecord(eve, now, { keyId: 'key_e' }),
  ])
  const job = usageJobs.find(({ on }) => on === 'accounts.organization_deleted')!
  await job.run(app, { organizationId: ada.organizationId })
  expect(await countRows(app)).toEqual({
    ...{ logs: 1, minutes: 1, hours: 1, days: 1, weeks: 1, totals: 4, periods: 1, keys: 1 },
  })
})

test('what ends after its organization has gone follows it within the hour', async () => {
  await using app = await createTestApp({ now })
  const [ada, eve] = [await makeCustomer(app), await makeCustomer(app)]
  const calls = { key: 'calls', name: 'Calls', kind: 'counter', unit: 'calls' } as const
  await createMeter(app, system, { ...calls, source: 'requests' })
  await deleteUser(app, system, ada.userId)
  await recordAll(app, [
    aRecord(ada, now, { keyId: 'key_a', meters: ['calls'] }),
    aRecord(eve, now, { keyId: 'key_e', meters: ['calls'] }),
  ])
  await removeStrays(app)
  const { rows } = await app.db.execute(sql`select distinct organization_id from meter_rollups`)
  expect(rows).toEqual([{ organization_id: eve.organizationId }])
  expect(await countRows(app)).toEqual({
    ...{ logs: 1, minutes: 1, hours: 1, days: 1, weeks: 1, totals: 4, periods: 1, keys: 1 },
  })
})
