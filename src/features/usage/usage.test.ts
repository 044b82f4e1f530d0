import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { makeCustomer, system } from '../../../test/make.ts'
import { aRecord, recordAll } from '../../../test/usage.ts'
import { getOverview } from '../home/overview.ts'
import { issueKey } from '../keys/issue-key.ts'
import { createMeter } from '../meters/meters.ts'
import { setSetting } from '../settings/settings.ts'
import { createRoute } from '../upstreams/routes.ts'
import { createUpstream } from '../upstreams/upstreams.ts'
import { getUsageStats } from './meters.ts'
import { foresee } from './quota.ts'
import { getKeyStats, getUsage, getUsageOfAll } from './usage.ts'
import { UsageQuery } from './usage-input.ts'

const ask = (query: Partial<UsageQuery> = {}) => UsageQuery.parse(query)
const noon = '2026-11-24T12:00:30Z'

test('a range includes its first moment and not its last, and empty days are there', async () => {
  await using app = await createTestApp({ now: noon })
  const ada = await makeCustomer(app)
  await recordAll(
    app,
    ['2026-11-19T23:59:59.999Z', '2026-11-20T00:00:00Z', '2026-11-22T23:59:59.999Z'].map((time) =>
      aRecord(ada, time),
    ),
  )
  await recordAll(app, [aRecord(ada, '2026-11-23T00:00:00Z')])
  const usage = await getUsage(app, ada, ask({ from: '2026-11-20', to: '2026-11-23' }), 'UTC')
  expect(usage.totals.requests).toBe(2)
  expect(usage.series.map((row) => [row.start, row.requests])).toEqual([
    ['2026-11-20T00:00:00.000Z', 1],
    ['2026-11-21T00:00:00.000Z', 0],
    ['2026-11-22T00:00:00.000Z', 1],
  ])
  expect(usage.series[1]!.latency_ms).toEqual({ p50: null, p95: null, p99: null })
})

test('refusals count as requests and errors but not against the quota; interrupted ones are charged to nobody', async () => {
  await using app = await createTestApp({ now: noon })
  const ada = await makeCustomer(app, {
    plan: { requests_per_month: 10, limits: { data_transfer: 1000 } },
  })
  const refused = { outcome: 'refused', status: 429, bytesOut: 0 } as const
  await recordAll(app, [
    ...[1, 2, 3].map(() => aRecord(ada, '2026-11-24T12:00:01Z', { bytesIn: 50 })),
    aRecord(ada, '2026-11-24T12:00:02Z', { status: 500 }),
    aRecord(ada, '2026-11-24T12:00:03Z', refused),
    aRecord(ada, '2026-11-24T12:00:04Z', { outcome: 'interrupted', status: 0, bytesOut: 0 }),
  ])
  const { totals, quota, rate, meters } = await getUsage(app, ada, ask(), 'UTC')
  expect(totals).toMatchObject({
    ...{ requests: 6, forwarded: 4, refused: 1, interrupted: 1 },
    ...{ errors: 2, errors_4xx: 1, errors_5xx: 1, bytes_in: 150, bytes_out: 400 },
  })
  expect(quota).toMatchObject({ limit: 10, used: 4, remaining: 6, percent: 40 })
  expect(quota.resets_at).toBe('2026-12-01T00:00:00.000Z')
  expect(rate.current_per_minute).toBe(4)
  expect(meters.map(({ key, used, limit }) => [key, used, limit])).toEqual([
    ['api_requests', 4, 10],
    ['data_transfer', 550, 1000],
  ])
  const stats = await getUsageStats(app, ada)
  expect(stats.meters.data_transfer).toEqual({
    ...{ kind: 'counter', unit: 'bytes', used: 550, limit: 1000, percent: 55 },
  })
})

test('filters take a key of one’s own and a route by id or name', async () => {
  await using app = await createTestApp({ now: noon })
  const ada = await makeCustomer(app)
  const eve = await makeCustomer(app)
  const key = await issueKey(app, ada, { name: 'first' })
  await createUpstream(app, system, { name: 'api', urls: ['http://127.0.0.1:1'] })
  const route = await createRoute(app, system, { name: 'all', path: '/v1/*', upstream: 'api' })
  await recordAll(app, [
    aRecord(ada, '2026-11-24T11:00:00Z', { keyId: key.id, routeId: route.id }),
    aRecord(ada, '2026-11-24T11:00:00Z', { keyId: 'key_2', routeId: route.id, method: 'POST' }),
    aRecord(ada, '2026-11-24T11:00:00Z', { keyId: 'key_2' }),
    aRecord(eve, '2026-11-24T11:00:00Z', { routeId: route.id }),
  ])
  const requests = async (query: Partial<UsageQuery>) =>
    (await getUsage(app, ada, ask(query), 'UTC')).totals.requests
  expect(await requests({})).toBe(3)
  expect(await requests({ key_id: key.id })).toBe(1)
  expect(await requests({ route: 'all' })).toBe(2)
  expect(await requests({ route: route.id, key_id: key.id })).toBe(1)
  await expect(requests({ route: 'no such route' })).rejects.toMatchObject({ status: 422 })
  await expect(getUsage(app, eve, ask({ key_id: key.id }), 'UTC')).rejects.toMatchObject({
    status: 404,
  })
  const usage = await getUsage(app, ada, ask(), 'UTC')
  expect(usage.endpoints.map(({ method, path, requests }) => [method, path, requests])).toEqual([
    ['GET', '/v1/*', 1],
    ['POST', '/v1/*', 1],
    ['GET', null, 1],
  ])
  expect(usage.keys.map(({ key_id, name, requests }) => [key_id, name, requests])).toEqual([
    ['key_2', null, 2],
    [key.id, 'first', 1],
  ])
  expect(usage.keys[1]!.masked).toMatch(/^ak_live_\w{4}\.\.\.\w{4}$/)
  const stats = await getKeyStats(app, ada, key.id, 'UTC')
  expect([stats.requests_this_month, stats.totals.requests, stats.series.length]).toEqual([
    1, 1, 30,
  ])
  await expect(getKeyStats(app, eve, key.id, 'UTC')).rejects.toMatchObject({ status: 404 })
})

test('the series is the same as a plain count, in any zone, at any interval, over random requests', async () => {
  await using app = await createTestApp({ now: noon })
  const ada = await makeCustomer(app)
  const end = Date.parse(noon)
  // Within three days every zone is exact: further back, zones off by half an hour are cut at hours.
  const time = fc.integer({ min: end - 2.9 * 86_400_000, max: end })
  const zone = fc.constantFrom('UTC', 'Europe/Paris', 'Asia/Kolkata', 'America/St_Johns')
  const interval = fc.constantFrom(
    'hour' as const,
    'day' as const,
    'week' as const,
    'month' as const,
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(time, { minLength: 1, maxLength: 60 }),
      zone,
      interval,
      async (times, timeZone, size) => {
        await app.db.execute(
          sql`truncate request_logs, usage_minutes, usage_hours, usage_days, usage_weeks, usage_totals, usage_periods`,
        )
        await recordAll(
          app,
          times.map((at) => aRecord(ada, at)),
        )
        const from = '2026-11-21T14:47:00Z'
        const usage = await getUsage(app, ada, ask({ from, interval: size }), timeZone)
        const inside = times.filter((at) => at >= Date.parse(from))
        expect(usage.totals.requests).toBe(inside.length)
        const starts = usage.series.map((row) => Date.parse(row.start))
        const plain = starts.map(
          (start, i) =>
            inside.filter((at) => at >= start && at < (starts[i + 1] ?? Infinity)).length,
        )
        expect(usage.series.map((row) => row.requests)).toEqual(plain)
        const listed = [...usage.keys, ...usage.endpoints].map((row) => row.requests)
        expect(listed.every((requests) => requests === inside.length)).toBe(true)
      },
    ),
    { numRuns: 40 },
  )
})

test('the forecast says where a pace leads, and when it meets the limit', () => {
  const day = 86_400_000
  expect(foresee(100, 200, 10 / day, 0, 20 * day)).toEqual({
    projected: 300,
    reaches_limit_at: new Date(10 * day).toISOString(),
  })
  expect(foresee(100, 1000, 10 / day, 0, 20 * day).reaches_limit_at).toBeNull()
  expect(foresee(250, 200, 10 / day, 0, 20 * day).reaches_limit_at).toBeNull()
  expect(foresee(100, null, 0, 0, 20 * day)).toEqual({ projected: 100, reaches_limit_at: null })
})

test('there is no forecast before a day of traffic, and then it takes the pace of the week', async () => {
  await using app = await createTestApp({ now: noon })
  const ada = await makeCustomer(app, { plan: { requests_per_month: 100 } })
  await recordAll(app, [aRecord(ada, '2026-11-24T11:00:00Z')])
  expect((await getUsage(app, ada, ask(), 'UTC')).quota.forecast).toBeNull()
  const daily = Array.from({ length: 7 }, (_, i) => `2026-11-${String(18 + i)}T02:00:00Z`)
  await recordAll(
    app,
    daily.flatMap((time) => Array.from({ length: 10 }, () => aRecord(ada, time))),
  )
  const { quota } = await getUsage(app, ada, ask(), 'UTC')
  expect(quota.used).toBe(71)
  // 71 in 6.5 days: the remaining 29 take 2.7 days more, and 6.5 days remain.
  expect(quota.forecast!.reaches_limit_at).toMatch(/^2026-11-27T/)
  expect(quota.forecast!.projected).toBe(142)
})

test('the overview has the month, thirty days, and the last ten requests of those who may see them', async () => {
  await using app = await createTestApp({ now: noon })
  const ada = await makeCustomer(app)
  const empty = await getOverview(app, ada, 'Europe/Paris')
  expect([empty.error_rate, empty.p95_ms, empty.recent]).toEqual([null, null, []])
  const times = Array.from({ length: 12 }, (_, i) => `2026-11-24T10:00:${10 + i}Z`)
  await recordAll(
    app,
    times.map((time, i) => aRecord(ada, time, { status: i < 3 ? 500 : 200 })),
  )
  const overview = await getOverview(app, ada, 'Europe/Paris')
  expect([overview.requests_this_month, overview.series.length]).toEqual([12, 30])
  expect(overview.series.at(-1)!.start).toBe('2026-11-23T23:00:00.000Z')
  expect([overview.error_rate, overview.endpoints.length]).toEqual([0.25, 1])
  expect(overview.p95_ms! / 10).toBeCloseTo(1, 1)
  expect(overview.recent.map((row) => row.time)[0]).toBe('2026-11-24T10:00:21.000Z')
  expect(overview.recent.length).toBe(10)
  const billing = await getOverview(app, { ...ada, memberRole: 'billing' }, 'UTC')
  expect([billing.totals.requests, billing.recent.length]).toEqual([12, 0])
})

test('the operator sees everybody, or one user; a customer does not', async () => {
  await using app = await createTestApp({ now: noon })
  const [ada, eve] = [await makeCustomer(app), await makeCustomer(app)]
  await recordAll(app, [aRecord(ada, noon), aRecord(ada, noon), aRecord(eve, noon)])
  const all = await getUsageOfAll(app, system, ask(), 'UTC')
  expect(
    all.organizations.map((row) => [row.organization_id, row.owner_email, row.requests]),
  ).toEqual([
    [ada.organizationId, ada.email, 2],
    [eve.organizationId, eve.email, 1],
  ])
  const one = await getUsageOfAll(app, system, { ...ask(), user_id: eve.email }, 'UTC')
  expect([one.totals.requests, one.organizations.length]).toEqual([1, 1])
  await expect(getUsageOfAll(app, ada, ask(), 'UTC')).rejects.toMatchObject({ status: 403 })
})

test('whatever the operator asks for, every list of it adds up to the same', async () => {
  await using app = await createTestApp({ now: noon })
  const [ada, eve] = [await makeCustomer(app), await makeCustomer(app)]
  await createUpstream(app, system, { name: 'api', urls: ['http://127.0.0.1:1'] })
  const { id: routeId } = await createRoute(app, system, {
    ...{ name: 'all', path: '/v1/*', upstream: 'api' },
  })
  await recordAll(app, [
    aRecord(ada, noon, { routeId }),
    aRecord(ada, noon, { routeId, method: 'POST' }),
    aRecord(ada, noon),
    aRecord(eve, noon, { routeId }),
  ])
  const sum = (rows: { requests: number }[]) => rows.reduce((all, row) => all + row.requests, 0)
  for (const [query, requests] of [
    [{}, 4],
    [{ route: 'all' }, 3],
    [{ user_id: ada.email }, 3],
    [{ user_id: ada.email, route: 'all' }, 2],
  ] as const) {
    const usage = await getUsageOfAll(app, system, { ...ask(), ...query }, 'UTC')
    const { totals, series, endpoints, organizations } = usage
    expect([totals.requests, ...[series, endpoints, organizations].map(sum)]).toEqual(
      Array.from({ length: 4 }, () => requests),
    )
  }
})

test('a dashboard reads rollups alone, and ten times the requests are the same number of their rows', async () => {
  await using app = await createTestApp({ now: noon })
  const ada = await makeCustomer(app)
  const fill = (count: number) =>
    recordAll(
      app,
      Array.from({ length: count }, (_, i) =>
        aRecord(ada, Date.parse(noon) - (i % 50) * 3_600_000),
      ),
    )
  const countRows = async () => {
    const { rows } = await app.db.execute(sql`
      select (select count(*) from usage_minutes) as minutes,
        (select count(*) from usage_hours) as hours, (select count(*) from usage_days) as days`)
    return rows[0]
  }
  await fill(500)
  const few = await countRows()
  await fill(4500)
  expect(await countRows()).toEqual(few)
  await app.db.execute(sql`drop table request_logs`)
  expect((await getUsage(app, ada, ask(), 'Europe/Paris')).totals.requests).toBe(5000)
})

test('of many keys the hundred busiest are listed, and all of them are counted', async () => {
  await using app = await createTestApp({ now: noon })
  const ada = await makeCustomer(app)
  const keys = Array.from({ length: 130 }, (_, i) => `key_${String(i).padStart(3, '0')}`)
  const records = keys.map((keyId) => aRecord(ada, noon, { keyId }))
  await recordAll(app, [...records, aRecord(ada, noon, { keyId: 'key_129' })])
  const usage = await getUsage(app, ada, ask(), 'UTC')
  const listed = usage.keys.map((row) => row.key_id)
  expect(listed).toEqual(['key_129', ...keys.slice(0, 99)])
  expect([usage.totals.requests, usage.endpoints[0]!.requests]).toEqual([131, 131])
  expect(usage.keys[0]!.latency_ms.p50! / 10).toBeCloseTo(1, 1)
})

test('with tracking off, quotas and meters still count and nothing else is kept', async () => {
  await using app = await createTestApp({ now: noon })
  const ada = await makeCustomer(app)
  await setSetting(app, system, 'usage_tracking_enabled', false)
  const calls = { key: 'calls', name: 'Calls', kind: 'counter', unit: 'calls' } as const
  await createMeter(app, system, { ...calls, source: 'requests' })
  await recordAll(app, [aRecord(ada, noon, { meters: ['calls'] })])
  const { quota, totals, meters } = await getUsage(app, ada, ask(), 'UTC')
  expect([quota.used, totals.requests, meters.at(-1)!.used]).toEqual([1, 0, 1])
})
