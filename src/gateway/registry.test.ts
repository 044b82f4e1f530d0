import { expect, test } from 'vitest'
import { aGrant } from '../../test/gateway.ts'
import { admit, createAdmission, openCell } from './cell.ts'
import { monotonicNow } from './clock.ts'
import { createRegistry, type OpenedGrant } from './registry.ts'

/** Calls that end when they are told to. */
function hold() {
  const waiting: (() => void)[] = []
  return {
    waiting,
    call: () => new Promise<void>((resolve) => waiting.push(resolve)),
    goOn: async (count: number) => {
      await expect.poll(() => waiting.length).toBe(count)
      for (const resolve of waiting.splice(0)) resolve()
    },
  }
}

/** A register whose database and journal can be held. `recorded` is what the database says of each. */
function openHeldRegistry() {
  const [counts, drains] = [hold(), hold()]
  const state = { recorded: 100, periodEnd: Date.UTC(2100, 0, 1) }
  const asked: (string | null)[] = []
  const registry = createRegistry(
    {
      findGrant: async (digest) => aGrant({ keyId: digest }),
      getPeriod: async () => ({ start: 0, end: state.periodEnd }),
      countUsed: async (_organizationId, keyId) => {
        asked.push(keyId)
        const { recorded } = state
        await counts.call()
        return recorded
      },
      ...{ loadSnapshot: () => Promise.reject(), findCursor: async () => 0 },
      recordUsage: async () => {},
    },
    drains.call,
  )
  return { registry, counts, drains, asked, state }
}

const none = { rate: null, hardQuota: null }

/** How many requests of the period are counted when one more is admitted. */
function use(opened: OpenedGrant | undefined): { organization: number; key: number } {
  const { organization, key } = opened!
  const out = createAdmission()
  admit(openCell(organization), none, openCell(key), none, monotonicNow(), Date.now(), out)
  expect(out.outcome).toBe('admitted')
  return { organization: out.organization.used, key: out.key.used }
}

test('a key is opened by its own count and, once, by that of its organization', async () => {
  const { registry, counts, drains, asked } = openHeldRegistry()
  const first = registry.openGrant('key_1')
  await counts.goOn(2)
  expect(use(await first)).toEqual({ organization: 101, key: 101 })
  const others = ['key_2', 'key_3'].map((key) => registry.openGrant(key))
  await counts.goOn(2)
  expect((await Promise.all(others)).map(use)).toEqual([
    { organization: 102, key: 101 },
    { organization: 103, key: 101 },
  ])
  expect(asked).toEqual([null, 'key_1', 'key_2', 'key_3'])
  expect(drains.waiting).toEqual([])
})

test('a counter begins once, however many ask for it and when', async () => {
  const { registry, counts, state } = openHeldRegistry()
  const first = registry.openGrant('key_1')
  await expect.poll(() => counts.waiting.length).toBe(2)
  const second = registry.openGrant('key_1')
  await expect.poll(() => counts.waiting.length).toBe(4)
  for (const resolve of counts.waiting.splice(0, 2)) resolve()
  expect(use(await first)).toEqual({ organization: 101, key: 101 })
  state.recorded = 101
  await counts.goOn(2)
  expect(use(await second)).toEqual({ organization: 102, key: 102 })
})

test('who is invalidated goes on from the count of before, recorded or not', async () => {
  const { registry, counts, drains } = openHeldRegistry()
  const first = registry.openGrant('key_1')
  await counts.goOn(2)
  use(await first)
  registry.markAllStale()
  expect(use(await registry.openGrant('key_1'))).toEqual({ organization: 102, key: 102 })
  expect([...counts.waiting, ...drains.waiting]).toEqual([])
})

test('a counter is forgotten when all that it admitted is recorded, and not if it is used meanwhile', async () => {
  const { registry, counts, drains, state } = openHeldRegistry()
  const first = registry.openGrant('key_1')
  await counts.goOn(2)
  use(await first)
  const sweeping = registry.sweep(-1)
  expect(use(await registry.openGrant('key_1'))).toEqual({ organization: 102, key: 102 })
  await drains.goOn(1)
  await sweeping
  expect(registry.size()).toBe(2)

  const again = registry.sweep(-1)
  await drains.goOn(1)
  await again
  expect(registry.size()).toBe(0)
  state.recorded = 102
  const last = registry.openGrant('key_1')
  await counts.goOn(2)
  expect(use(await last)).toEqual({ organization: 103, key: 103 })
})

test('what was counted before counters were forgotten is counted again', async () => {
  const { registry, counts, drains, state } = openHeldRegistry()
  const first = registry.openGrant('key_1')
  await expect.poll(() => counts.waiting.length).toBe(2)
  const second = registry.openGrant('key_1')
  await expect.poll(() => counts.waiting.length).toBe(4)
  for (const resolve of counts.waiting.splice(0, 2)) resolve()
  use(await first)
  const sweeping = registry.sweep(-1)
  await drains.goOn(1)
  await sweeping
  state.recorded = 101
  await counts.goOn(2)
  await counts.goOn(2)
  expect(use(await second)).toEqual({ organization: 102, key: 102 })
})

test('a new period begins with what the database has when all is recorded', async () => {
  const { registry, counts, drains, state } = openHeldRegistry()
  state.periodEnd = Date.now() - 1
  const over = registry.openGrant('key_1')
  await counts.goOn(2)
  await over
  state.periodEnd = Date.UTC(2100, 0, 1)
  const opened = registry.openGrant('key_1')
  await expect.poll(() => drains.waiting.length).toBe(2)
  state.recorded = 7
  await drains.goOn(2)
  await counts.goOn(2)
  expect(use(await opened).key).toBe(8)
})
