import fs from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import {
  createUsageStore,
  makeFolder,
  makeUsageRecord,
  makeWaiter,
  type StoreFault,
} from '../../test/journal.ts'
import type { UsageRecord } from '../core/usage-record.ts'
import { createIngest } from './ingest.ts'
import { openJournal } from './journal.ts'

type Store = ReturnType<typeof createUsageStore>

function makeLog() {
  return { info: vi.fn(), warn: vi.fn(), error: vi.fn() }
}

function ingestOf(directory: string, store: Store, log = makeLog()) {
  return createIngest({ directory, contract: store, batchSize: 3, intervalMs: 5, retryMs: 1, log })
}

const idsOf = (records: UsageRecord[]) => records.map((record) => record.id).sort()
const journalsIn = (directory: string) =>
  fs.readdirSync(directory).filter((file) => file.includes('.journal'))

/** Opens requests and waits until they are in the file. */
async function openAll(journal: ReturnType<typeof openJournal>, records: UsageRecord[]) {
  for (const record of records) journal.open(record, makeWaiter())
  await journal.flush()
}

/** Recovers as a process does that may die in the middle of a batch; true when it died. */
async function recoverOrDie(directory: string, store: Store): Promise<boolean> {
  const death = Promise.withResolvers<void>()
  const recordUsage: Store['recordUsage'] = (batch) =>
    Promise.race([store.recordUsage(batch), death.promise])
  const ingest = ingestOf(directory, { ...store, recordUsage })
  let hasDied = false
  store.onHang = () => {
    hasDied = true
    void ingest.stop(0)
    death.reject(new Error('dead'))
  }
  await ingest.recover().catch((error) => {
    if (!hasDied) throw error
  })
  return hasDied
}

/** The directory as a kill leaves it: `before` whole, of what was written since then only `cut` bytes. */
function cutBack(directory: string, before: Map<string, number>, cut: number): void {
  let rest = cut
  const numberOf = (file: string) => Number(file.match(/-(\d+)\./)?.[1])
  for (const file of journalsIn(directory).sort((a, b) => numberOf(a) - numberOf(b))) {
    const path = join(directory, file)
    const known = before.get(file)
    const added = fs.statSync(path).size - (known ?? 0)
    const kept = Math.min(rest, added)
    rest -= kept
    if (kept === added) continue
    fs.truncateSync(path, (known ?? 0) + kept)
    // A segment has its name only when its first group is whole.
    if (known === undefined) fs.renameSync(path, `${path}.tmp`)
  }
}

test('each request is counted once, wherever the process is killed and whenever the database fails', async () => {
  const step = fc.constantFrom('open', 'open', 'close', 'refuse', 'cancel', 'turn', 'drain')
  const weak = fc.constantFrom<StoreFault | undefined>(undefined, 'away', 'lost answer')
  const deadly = fc.constantFrom<StoreFault>('hang before', 'hang after')
  const seen = { died: 0, rotated: 0, interrupted: 0, torn: 0 }
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 60 }),
      fc.array(weak, { maxLength: 10 }),
      fc.array(fc.oneof(weak, deadly), { maxLength: 10 }),
      fc.integer({ min: 1, max: 4000 }),
      fc.nat({ max: 2500 }),
      async (steps, faults, faultsInRecovery, segmentBytes, cutAt) => {
        using at = makeFolder()
        const store = createUsageStore()
        const journal = openJournal({ directory: at.path, name: 'a-1', segmentBytes })
        store.faults.push(...faults)
        const ingest = ingestOf(at.path, store)
        const expected = new Map<string, UsageRecord>()
        const open: UsageRecord[] = []
        let count = 0
        const apply = (kind: (typeof steps)[number], target: Map<string, UsageRecord>) => {
          const id = `req_${count++}`
          if (kind === 'open') {
            const record = makeUsageRecord(id, { path: `/é/${'x'.repeat(count % 50)}` })
            journal.open(
              record,
              makeWaiter(() => open.push(record)),
            )
            target.set(id, { ...record, outcome: 'interrupted' })
          } else if (kind === 'refuse') {
            const record = makeUsageRecord(id, { outcome: 'refused', status: 429 })
            journal.refuse(record)
            target.set(id, record)
          } else if (open.length > 0) {
            const record = open.splice(count % open.length, 1)[0]!
            if (kind === 'close') journal.close(record)
            else journal.cancel(Object.assign(record, { outcome: 'refused' }))
            target.set(record.id, record)
          }
        }
        for (const kind of steps) {
          if (kind === 'turn') await journal.flush()
          else if (kind === 'drain') await ingest.drain()
          else apply(kind, expected)
        }
        await journal.flush()
        await ingest.drain()
        await ingest.stop()

        // The last group, and a segment that it may begin, are cut anywhere.
        const sizes = () =>
          new Map(journalsIn(at.path).map((file) => [file, fs.statSync(join(at.path, file)).size]))
        const before = sizes()
        const last = new Map<string, UsageRecord>()
        for (const kind of ['open', 'close', 'refuse', 'cancel', 'open'] as const) apply(kind, last)
        await journal.flush()
        const after = sizes()
        const old = [...before.keys()]
        const grown = [...after].reduce(
          (sum, [file, size]) => sum + size - (before.get(file) ?? 0),
          0,
        )
        const ofGroup = old.reduce(
          (sum, file) => sum + (after.get(file) ?? 0) - before.get(file)!,
          0,
        )
        const cut = Math.min(cutAt, grown)
        cutBack(at.path, before, cut)
        if (cut >= ofGroup) for (const [id, record] of last) expected.set(id, record)

        store.faults.splice(0, store.faults.length, ...faultsInRecovery)
        while (await recoverOrDie(at.path, store)) seen.died++
        if (after.size > before.size) seen.rotated++
        if (cut < ofGroup) seen.torn++
        const outcomes = (records: Iterable<UsageRecord>) =>
          [...records].map(({ id, outcome, path }) => `${id} ${outcome} ${path}`).sort()
        expect(outcomes(store.records)).toEqual(outcomes(expected.values()))
        for (const record of store.records) {
          if (record.outcome !== 'interrupted') continue
          expect(record).toMatchObject({ status: 0, creditCost: 0, time: 1_700_000_000_000 })
          seen.interrupted++
        }
        expect(journalsIn(at.path)).toEqual([])
        await journal.end()
      },
    ),
    { numRuns: 150 },
  )
  // What the property is about did happen.
  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(5)
})

test('a record shows soon after it was written, and only whole groups are read', async () => {
  using at = makeFolder()
  const store = createUsageStore()
  const journal = openJournal({ directory: at.path, name: 'a' })
  const ingest = createIngest({ directory: at.path, contract: store, log: makeLog() })
  ingest.start()
  const record = makeUsageRecord('req_1')
  await openAll(journal, [record])
  const begun = Date.now()
  journal.close(record)
  await vi.waitFor(() => expect(store.records).toEqual([record]), { timeout: 2000, interval: 5 })
  expect(Date.now() - begun).toBeLessThan(1000)
  const file = join(at.path, journalsIn(at.path)[0]!)
  // A torn group of a full disk: lines, but not the empty one that ends a group.
  fs.appendFileSync(file, '["close","req_9"]\n["close"')
  await ingest.drain()
  expect(store.records).toEqual([record])
  expect(store.batches.every((batch, i, all) => batch.from === (all[i - 1]?.to ?? 0))).toBe(true)
  await ingest.stop()
  await journal.end()
})

test('a reader that begins anew knows the requests that opened before the cursor', async () => {
  using at = makeFolder()
  const store = createUsageStore()
  const journal = openJournal({ directory: at.path, name: 'a' })
  const [one, two] = [makeUsageRecord('req_1'), makeUsageRecord('req_2')]
  await openAll(journal, [one, two])
  journal.close(two)
  await journal.flush()
  const first = ingestOf(at.path, store)
  await first.drain()
  expect(store.records).toEqual([two])
  journal.close(one)
  await journal.flush()
  await ingestOf(at.path, store).drain()
  expect(store.records).toEqual([two, one])
  await journal.end()
})

test('those who wait for the same reading share it, and none is told of one that began before', async () => {
  using at = makeFolder()
  const store = createUsageStore()
  const journal = openJournal({ directory: at.path, name: 'a' })
  const ingest = ingestOf(at.path, store)
  const first = ingest.drain()
  await Promise.resolve()
  journal.refuse(makeUsageRecord('req_1'))
  await journal.flush()
  const [second, third] = [ingest.drain(), ingest.drain()]
  expect(second).not.toBe(first)
  expect(third).toBe(second)
  await third
  expect(idsOf(store.records)).toEqual(['req_1'])
  await journal.end()
})

test('stop records what is left, and gives up in time when the database is away', async () => {
  using at = makeFolder()
  const store = createUsageStore()
  const journal = openJournal({ directory: at.path, name: 'a' })
  const ingest = createIngest({ directory: at.path, contract: store, log: makeLog() })
  ingest.start()
  await ingest.drain()
  journal.refuse(makeUsageRecord('req_1'))
  await journal.flush()
  await ingest.stop()
  expect(idsOf(store.records)).toEqual(['req_1'])
  journal.refuse(makeUsageRecord('req_2'))
  await journal.end()
  store.faults.push(...Array<StoreFault>(1000).fill('away'))
  const begun = Date.now()
  await ingestOf(at.path, store).stop(50)
  expect(Date.now() - begun).toBeLessThan(1000)
  store.faults.length = 0
  await ingestOf(at.path, store).recover()
  expect(idsOf(store.records)).toEqual(['req_1', 'req_2'])
})

test('segments go when they are recorded, and the last one when its writer has ended', async () => {
  using at = makeFolder()
  const store = createUsageStore()
  const ingest = ingestOf(at.path, store)
  const journal = openJournal({ directory: at.path, name: 'a', segmentBytes: 2000 })
  const stream = makeUsageRecord('req_stream')
  await openAll(journal, [stream])
  for (let i = 0; i < 200; i++) {
    const record = makeUsageRecord(`req_${i}`)
    await openAll(journal, [record])
    journal.close(record)
    if (i % 20 === 0) await ingest.drain()
  }
  await ingest.drain()
  expect(journalsIn(at.path)).toHaveLength(1)
  journal.close(stream)
  await openAll(journal, [makeUsageRecord('req_cut')])
  await journal.end()
  await ingest.drain()
  expect(journalsIn(at.path)).toEqual([])
  expect(store.records).toHaveLength(202)
  expect(store.records.at(-1)).toMatchObject({ id: 'req_cut', outcome: 'interrupted' })
})

test('the journal of one dead thread is ended while others go on', async () => {
  using at = makeFolder()
  const store = createUsageStore()
  const ingest = ingestOf(at.path, store)
  const dead = openJournal({ directory: at.path, name: 'boot-1' })
  const live = openJournal({ directory: at.path, name: 'boot-11' })
  await openAll(dead, [makeUsageRecord('req_dead')])
  await openAll(live, [makeUsageRecord('req_live')])
  await ingest.recover('boot-1')
  expect(store.records).toMatchObject([{ id: 'req_dead', outcome: 'interrupted' }])
  expect(journalsIn(at.path)).toEqual(['boot-11-1.journal'])
  live.close(makeUsageRecord('req_live'))
  await live.end()
  await ingest.drain()
  expect(idsOf(store.records)).toEqual(['req_dead', 'req_live'])
})

/** What JSON may hold between its parts: with it a line can stay whole. */
const isSpace = (byte: number) => [9, 10, 13].includes(byte)

test('a damaged line is reported and skipped, and all others are counted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 40 }), async (n, noise) => {
      using at = makeFolder()
      const store = createUsageStore()
      const log = makeLog()
      const journal = openJournal({ directory: at.path, name: 'a' })
      for (let i = 0; i < 6; i++) journal.refuse(makeUsageRecord(`req_${i}`))
      await journal.end()
      const file = join(at.path, journalsIn(at.path)[0]!)
      const bytes = fs.readFileSync(file)
      // Somewhere inside the third line, whose bytes are replaced by ones that no line holds.
      const lines = bytes.toString().split('\n')
      const start = lines.slice(0, 3).join('\n').length + 1
      const at3 = start + (n % (lines[3]!.length - 1))
      const damage = noise.map((byte) => (isSpace(byte % 32) ? 0 : byte % 32))
      const length = Math.min(damage.length, start + lines[3]!.length - at3)
      bytes.set(damage.subarray(0, length), at3)
      fs.writeFileSync(file, bytes)
      await ingestOf(at.path, store, log).recover()
      const lost = lines[3]!.match(/req_\d/)![0]
      const all = [0, 1, 2, 3, 4, 5].map((i) => `req_${i}`)
      expect(idsOf(store.records)).toEqual(all.filter((id) => id !== lost))
      expect(log.error).toHaveBeenCalledOnce()
      expect(log.error.mock.calls[0]![0]).toMatchObject({ from: start, segment: 'a-1.journal' })
    }),
    { numRuns: 50 },
  )
})

test('records that the database cannot take are set aside one by one, and the rest is counted', async () => {
  using at = makeFolder()
  const store = createUsageStore()
  store.check = (batch) => {
    if (batch.records.some((record) => record.path === '/poison')) throw new Error('invalid byte')
  }
  const log = makeLog()
  const journal = openJournal({ directory: at.path, name: 'a' })
  for (let i = 0; i < 9; i++) {
    journal.refuse(makeUsageRecord(`req_${i}`, i === 0 || i === 4 ? { path: '/poison' } : {}))
  }
  await journal.end()
  await ingestOf(at.path, store, log).drain()
  expect(idsOf(store.records)).toEqual([1, 2, 3, 5, 6, 7, 8].map((i) => `req_${i}`))
  const rejected = fs.readFileSync(join(at.path, 'rejected.jsonl'), 'utf8').trim().split('\n')
  expect(rejected.map((line) => JSON.parse(line))).toMatchObject([
    { reason: 'invalid byte', record: { id: 'req_0' } },
    { reason: 'invalid byte', record: { id: 'req_4' } },
  ])
  expect(log.error).toHaveBeenCalledTimes(2)
})

test('a database that is away or refuses everything costs no record, however long', async () => {
  using at = makeFolder()
  const store = createUsageStore()
  const journal = openJournal({ directory: at.path, name: 'a' })
  for (let i = 0; i < 30; i++) journal.refuse(makeUsageRecord(`req_${i}`))
  await journal.end()
  let refuses = 100
  store.check = () => {
    if (refuses-- > 0) throw new Error('disk full')
  }
  await ingestOf(at.path, store).drain()
  expect(store.records).toHaveLength(30)
  expect(fs.existsSync(join(at.path, 'rejected.jsonl'))).toBe(false)
})

test('when every record is refused, not the records but the database is taken for broken', async () => {
  using at = makeFolder()
  const store = createUsageStore()
  store.check = (batch) => {
    if (batch.records.length > 0) throw new Error('no partition')
  }
  const journal = openJournal({ directory: at.path, name: 'a' })
  for (let i = 0; i < 30; i++) journal.refuse(makeUsageRecord(`req_${i}`))
  await journal.end()
  const ingest = ingestOf(at.path, store)
  const drained = ingest.drain()
  const rejected = () =>
    fs.readFileSync(join(at.path, 'rejected.jsonl'), 'utf8').split('\n').length - 1
  await vi.waitFor(() => expect(rejected()).toBe(10), { timeout: 10_000 })
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(rejected()).toBe(10)
  store.check = () => {}
  await drained
  expect(store.records).toHaveLength(20)
})
