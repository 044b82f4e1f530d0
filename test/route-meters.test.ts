import { expect, test } from 'vitest'
import type { UsageBatch } from '../src/core/usage-record.ts'
import { findGrant } from '../src/features/keys/find-grant.ts'
import { issueKey } from '../src/features/keys/issue-key.ts'
import { createMeter } from '../src/features/meters/meters.ts'
import { loadRouting } from '../src/features/upstreams/load-routing.ts'
import { createRoute, updateRoute } from '../src/features/upstreams/routes.ts'
import { createUpstream } from '../src/features/upstreams/upstreams.ts'
import { countUsed } from '../src/features/usage/count-used.ts'
import { exportMeters } from '../src/features/usage/export-meters.ts'
import { getUsageStats } from '../src/features/usage/meters.ts'
import { findCursor, recordUsage } from '../src/features/usage/record-usage.ts'
import { getUsage } from '../src/features/usage/usage.ts'
import { createTestApp, type TestApp } from './app.ts'
import { openGateway } from './gateway.ts'
import { type Customer, makeCustomer, system } from './make.ts'

/** The gateway as it is, with routes, keys and usage as they are. */
async function openProduct(app: TestApp) {
  const gateway = await openGateway()
  await createUpstream(app, system, { name: 'api', url: gateway.upstream.url })
  const batches: UsageBatch[] = []
  Object.assign(gateway.contract, {
    findGrant: (digest: string) => findGrant(app, digest),
    countUsed: (...of: [string, string | null, { start: number }]) => countUsed(app, ...of),
    loadSnapshot: async () => ({ ...(await loadRouting(app)), hasImportedKeys: false }),
    findCursor: (segment: string) => findCursor(app, segment),
    recordUsage: async (batch: UsageBatch) => {
      await recordUsage(app, batch)
      batches.push(batch)
      gateway.records.push(...batch.records)
    },
  })
  const call = async (path: string, key: string, body = '') => {
    const init = { method: 'POST', body, headers: { 'x-api-key': key } }
    return (await fetch(gateway.url + path, init)).status
  }
  return { gateway, batches, call }
}

async function used(app: TestApp, customer: Customer): Promise<Record<string, number>> {
  const { meters } = await getUsageStats(app, customer)
  return Object.fromEntries(Object.entries(meters).map(([key, meter]) => [key, meter.used]))
}

test('each forwarded request of a route counts once for the meters that it named then', async () => {
  await using app = await createTestApp()
  const { gateway, batches, call } = await openProduct(app)
  await using _ = gateway
  for (const source of ['requests', 'bytes', 'credits'] as const) {
    const names = { key: source, name: source, unit: source }
    await createMeter(app, system, { ...names, kind: 'counter', source })
  }
  const meters = ['requests', 'bytes', 'credits']
  const predict = { name: 'predict', path: '/v1/predict', upstream: 'api', credit_cost: 3, meters }
  await createRoute(app, system, predict)
  await createRoute(app, system, { name: 'other', path: '/v1/other', upstream: 'api' })
  const ada = await makeCustomer(app)
  const eve = await makeCustomer(app)
  const limited = await issueKey(app, ada, { name: 'limited', monthly_limit: 3 })
  const reader = await issueKey(app, ada, { name: 'reader', scopes: ['read'] })
  const other = await issueKey(app, eve, { name: 'other' })
  await gateway.control.reloadSnapshot()

  const statuses = []
  for (let i = 0; i < 4; i++) statuses.push(await call('/v1/predict', limited.key, 'eleven byte'))
  statuses.push(await call('/v1/predict', reader.key))
  statuses.push(await call('/v1/predict', `${limited.key.slice(0, -1)}?`))
  statuses.push(await call('/v1/other', other.key), await call('/v1/predict', other.key))
  expect(statuses).toEqual([200, 200, 200, 429, 403, 401, 200, 200])
  await updateRoute(app, system, 'predict', { meters: [] })
  await gateway.control.reloadSnapshot()
  expect(await call('/v1/predict', other.key)).toBe(200)
  await gateway.recorded(8)

  // The upstream says hello to eleven bytes.
  const expected = { requests: 3, bytes: 3 * (11 + 5), credits: 9 }
  expect(await used(app, ada)).toMatchObject({ api_requests: 3, ...expected })
  expect(await used(app, eve)).toMatchObject({ api_requests: 3, requests: 1, bytes: 5, credits: 3 })
  for (const batch of batches)
    await expect(recordUsage(app, batch)).rejects.toMatchObject({ code: 'cursor_moved' })
  expect(await used(app, ada)).toMatchObject(expected)

  const { meters: levels, meter_series } = await getUsage(app, ada, { interval: 'day' }, 'UTC')
  expect(levels.map(({ key, source }) => [key, source])).toEqual([
    ['api_requests', 'requests'],
    ['data_transfer', 'bytes'],
    ...meters.map((key) => [key, key]),
  ])
  expect(Object.fromEntries(meter_series.map(({ key, used }) => [key, used]))).toEqual(expected)
  const rows = []
  for await (const some of exportMeters(app, ada, { interval: 'month' }, 'UTC')) rows.push(...some)
  expect(rows.map(({ meter, events, used }) => [meter, events, Number(used)])).toEqual(
    Object.entries(expected).map(([key, amount]) => [key, 3, amount]),
  )
})
