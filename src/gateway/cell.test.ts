import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { admit, createAdmission, createCell, giveBack, markStale, succeedCell } from './cell.ts'

const none = { rate: null, hardQuota: null }
const farAway = 10 ** 15

function ask(rate: number | null, hardQuota: number | null = null) {
  const organization = createCell(rate ?? 0, farAway, 0)
  const key = createCell(0, farAway, 0)
  const out = createAdmission()
  const at = (now: number) => {
    admit(organization, { rate, hardQuota }, key, none, now, 0, out)
    return out
  }
  return { organization, key, at }
}

test('no window of 60 s ever admits more than the limit, whatever the arrivals', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 120 }),
      (rate, gaps) => {
        const { at } = ask(rate)
        const admitted: number[] = []
        let now = 0
        for (const gap of gaps) {
          now += gap
          const expected = admitted.filter((time) => time > now - 60_000).length < rate
          expect(at(now).outcome === 'admitted').toBe(expected)
          if (expected) admitted.push(now)
        }
      },
    ),
  )
})

test('steady traffic just under the limit is never refused', () => {
  const { at } = ask(100)
  for (let i = 0; i < 5000; i++) expect(at(i * (60_000 / 99.9)).outcome).toBe('admitted')
})

test('a refusal says when there is room, and there is', () => {
  const { at } = ask(2)
  at(0)
  at(1000)
  const refused = at(2000)
  expect(refused).toMatchObject({ outcome: 'rate', by: 'organization' })
  expect(refused.organization.roomInMs).toBe(58_000)
  expect(at(59_999).outcome).toBe('rate')
  expect(at(60_000).outcome).toBe('admitted')
})

test('a refusal by the key spends nothing of the organization, and the other way round', () => {
  const organization = createCell(10, farAway, 0)
  const key = createCell(1, farAway, 0)
  const out = createAdmission()
  const limits = { rate: 10, hardQuota: 100 }
  admit(organization, limits, key, { rate: 1, hardQuota: null }, 0, 0, out)
  admit(organization, limits, key, { rate: 1, hardQuota: null }, 1, 0, out)
  expect(out).toMatchObject({ outcome: 'rate', by: 'key' })
  expect(out.organization).toMatchObject({ inWindow: 1, used: 1 })
  admit(organization, { rate: 10, hardQuota: 1 }, key, { rate: 5, hardQuota: null }, 2, 0, out)
  expect(out).toMatchObject({ outcome: 'quota', by: 'organization' })
  expect(out.key).toMatchObject({ inWindow: 1, used: 1 })
})

test('a quota ends with its period, and a request given back can be used again', () => {
  const { organization, key, at } = ask(null, 2)
  expect([at(0).outcome, at(0).outcome, at(0).outcome]).toEqual(['admitted', 'admitted', 'quota'])
  giveBack(organization, farAway)
  expect(at(0).outcome).toBe('admitted')
  const out = createAdmission()
  admit(organization, none, key, none, 0, farAway, out)
  expect(out.outcome).toBe('stale')
})

test('a new limit takes over the requests of the last minute', () => {
  const { organization, key, at } = ask(5, 100)
  for (let i = 0; i < 5; i++) at(i)
  markStale(organization)
  expect(at(6).outcome).toBe('stale')
  const out = createAdmission()
  const wider = succeedCell(organization, 8, farAway, 0)
  const outcomes = Array.from({ length: 4 }, (_, i) => {
    admit(wider, { rate: 8, hardQuota: 100 }, key, none, 10 + i, 0, out)
    return out.outcome
  })
  expect(outcomes).toEqual(['admitted', 'admitted', 'admitted', 'rate'])
  expect(out.organization.used).toBe(8)
  markStale(wider)
  const narrower = succeedCell(wider, 3, farAway, 0)
  admit(narrower, { rate: 3, hardQuota: 100 }, key, none, 20, 0, out)
  expect(out.outcome).toBe('rate')
})

test('four threads on one cell admit exactly the limit and exactly the quota', async () => {
  const organization = createCell(50_000, farAway, 0)
  const key = createCell(0, farAway, 0)
  const program = `
    import { parentPort, workerData } from 'node:worker_threads'
    import { admit, createAdmission, openCell } from ${JSON.stringify(new URL('./cell.ts', import.meta.url).href)}
    const out = createAdmission()
    let admitted = 0
    for (let i = 0; i < 20_000; i++) {
      admit(openCell(workerData.organization), workerData.limits, openCell(workerData.key), { rate: null, hardQuota: null }, 1000, 0, out)
      if (out.outcome === 'admitted') admitted++
    }
    parentPort.postMessage(admitted)`
  const race = async (limits: { rate: number; hardQuota: number }) => {
    const counts = await Promise.all(
      [1, 2, 3, 4].map(
        () =>
          new Promise<number>((resolve, reject) => {
            const workerData = { organization: organization.memory, key: key.memory, limits }
            const worker = new Worker(
              new URL(`data:text/javascript,${encodeURIComponent(program)}`),
              { workerData },
            )
            worker.once('message', resolve)
            worker.once('error', reject)
          }),
      ),
    )
    return counts.reduce((sum, count) => sum + count, 0)
  }
  expect(await race({ rate: 50_000, hardQuota: 30_000 })).toBe(30_000)
  expect(await race({ rate: 50_000, hardQuota: 1_000_000 })).toBe(20_000)
})
