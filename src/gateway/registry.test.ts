import { expect, test } from 'vitest'
import { aGrant } from '../../test/gateway.ts'
import { admit, createAdmission, openCell } from './cell.ts'
import { monotonicNow } from './clock.ts'
import { createRegistry, type OpenedGrant } from './registry.ts'

/** A register whose counts can be held: nobody knows what was used until `goOn`. */
function openSlowRegistry({ used }: { used: (keyId: string | null) => number }) {
  const waiting: (() => void)[] = []
  const registry = createRegistry(
    {
      findGrant: async (digest) => aGrant({ keyId: digest }),
      getPeriod: async () => ({ start: 0, end: Date.UTC(2100, 0, 1) }),
      countUsed: async (_organizationId, keyId) => used(keyId),
      ...{ loadSnapshot: () => Promise.reject(), findCursor: async () => 0 },
      recordUsage: async () => {},
    },
    () => new Promise((resolve) => waiting.push(resolve)),
  )
  const goOn = () => {
    for (const resolve of waiting.splice(0)) resolve()
  }
  return { registry, waiting, goOn }
}

const none = { rate: null, hardQuota: null }

/** How many requests of the period are counted when one more is admitted. */
function use({ organization, key }: OpenedGrant): { organization: number; key: number } {
  const out = createAdmission()
  admit(openCell(organization), none, openCell(key), none, monotonicNow(), Date.now(), out)
  expect(out.outcome).toBe('admitted')
  return { organization: out.organization.used, key: out.key.used }
}

test('the first calls of an organization’s keys wait together for what was used', async () => {
  const { registry, waiting, goOn } = openSlowRegistry({ used: () => 100 })
  const opening = Array.from({ length: 50 }, (_, i) => registry.openGrant(`key_${i}`))
  await expect.poll(() => waiting.length).toBe(50)
  goOn()
  const opened = await Promise.all(opening)
  expect(opened.map((grant) => use(grant!))).toEqual(
    opened.map((_, i) => ({ organization: 101 + i, key: 101 })),
  )
})

test('only what is not known yet is asked for: the whole organization once', async () => {
  const asked: (string | null)[] = []
  const { registry, waiting, goOn } = openSlowRegistry({
    used: (keyId) => {
      asked.push(keyId)
      return 7
    },
  })
  for (const digest of ['key_1', 'key_2']) {
    const opening = registry.openGrant(digest)
    await expect.poll(() => waiting.length).toBe(1)
    goOn()
    await opening
  }
  expect(asked).toEqual([null, 'key_1', 'key_2'])
})

test('a counter is seeded once, however many ask for it and when', async () => {
  let recorded = 100
  const { registry, waiting, goOn } = openSlowRegistry({ used: () => recorded })
  const [first, second] = [registry.openGrant('key_1'), registry.openGrant('key_1')]
  await expect.poll(() => waiting.length).toBe(2)
  waiting.shift()!()
  expect(use((await first)!)).toEqual({ organization: 101, key: 101 })
  recorded = 101
  goOn()
  expect(use((await second)!)).toEqual({ organization: 102, key: 102 })
})

test('what was counted before a counter was forgotten is counted again', async () => {
  let recorded = 100
  const { registry, waiting, goOn } = openSlowRegistry({ used: () => recorded })
  const [first, second] = [registry.openGrant('key_1'), registry.openGrant('key_1')]
  await expect.poll(() => waiting.length).toBe(2)
  waiting.shift()!()
  use((await first)!)
  waiting.shift()!()
  registry.sweep(-1)
  await expect.poll(() => waiting.length).toBe(1)
  recorded = 101
  goOn()
  expect(use((await second)!)).toEqual({ organization: 102, key: 102 })
})
