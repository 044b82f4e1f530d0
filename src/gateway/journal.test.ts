import { spawn } from 'node:child_process'
import fs from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { makeFolder, makeUsageRecord, makeWaiter } from '../../test/journal.ts'
import type { UsageRecord } from '../core/usage-record.ts'
import { openJournal } from './journal.ts'
import { replayGroups, startReplay } from './journal-reader.ts'

afterEach(() => vi.restoreAllMocks())

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

function segmentsIn(directory: string): string[] {
  const numberOf = (file: string) => Number(file.match(/-(\d+)\./)?.[1])
  const files = fs.readdirSync(directory).filter((file) => file.endsWith('.journal'))
  return files.sort((a, b) => numberOf(a) - numberOf(b))
}

/** Reads all segments of one writer, each from nothing, as a reader does that has just begun. */
function readAll(directory: string) {
  const records: UsageRecord[] = []
  const bad: string[] = []
  let replay = startReplay()
  for (const segment of segmentsIn(directory)) {
    replay = startReplay()
    const found = replayGroups(replay, fs.readFileSync(join(directory, segment)))
    records.push(...found.entries.map((entry) => entry.record))
    bad.push(...found.bad.map((line) => line.text))
  }
  return { records, bad, open: [...replay.open.keys()] }
}

/** Lets `bytes` more be written, then the disk is full until it is told otherwise. */
function fillDisk(bytes: number) {
  const real = fs.writeSync
  let room = bytes
  const disk = vi.spyOn(fs, 'writeSync').mockImplementation(((
    file: number,
    data: Buffer,
    at: number,
  ) => {
    if (room === 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    const length = Math.min(room, data.length - at)
    room -= length
    return real(file, data, at, length)
  }) as typeof fs.writeSync)
  return { empty: () => disk.mockRestore(), [Symbol.dispose]: () => disk.mockRestore() }
}

test('a request is let through only when its opening line is in the file, and in order', async () => {
  using at = makeFolder()
  const journal = openJournal({ directory: at.path, name: 'a' })
  const seen: string[] = []
  for (const id of ['req_1', 'req_2']) {
    journal.open(
      makeUsageRecord(id),
      makeWaiter(() => {
        expect(readAll(at.path).open).toEqual(['req_1', 'req_2'])
        seen.push(id)
      }),
    )
  }
  expect(seen).toEqual([])
  await turn()
  expect(seen).toEqual(['req_1', 'req_2'])
  await journal.end()
})

test('records come back as they were told, whatever characters they hold', async () => {
  const anyText = fc.string({ unit: 'binary' })
  const lone = fc.constantFrom('\ud800', '/a\tb\nc\r\\"\u0000\u2028é\u{1F600}', '')
  const value = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: null })
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        method: anyText,
        path: fc.oneof(anyText, lone),
        route: fc.option(anyText, { nil: null }),
        errorCode: fc.option(anyText, { nil: null }),
        clientIp: anyText,
        meters: fc.array(anyText, { maxLength: 3 }),
        upstreamMs: value,
        decision: fc.option(fc.record({ rule: anyText, limit: fc.nat() }), { nil: null }),
        limits: fc.option(
          fc.record({ rateLimit: value, rateRemaining: value, quota: value, quotaUsed: value }),
          { nil: null },
        ),
      }),
      async (rest) => {
        using at = makeFolder()
        const journal = openJournal({ directory: at.path, name: 'a' })
        const closed = makeUsageRecord('req_1', rest)
        const refused = makeUsageRecord('req_2', { ...rest, outcome: 'refused', status: 429 })
        const cancelled = makeUsageRecord('req_3', { ...rest, outcome: 'refused', status: 502 })
        journal.open(
          closed,
          makeWaiter(() => journal.close(closed)),
        )
        journal.open(
          cancelled,
          makeWaiter(() => journal.cancel(cancelled)),
        )
        journal.refuse(refused)
        await turn()
        await journal.end()
        const { records, bad, open } = readAll(at.path)
        // JSON has one zero.
        expect(records).toEqual(JSON.parse(JSON.stringify([refused, closed, cancelled])))
        expect({ bad, open }).toEqual({ bad: [], open: [] })
      },
    ),
    { numRuns: 100 },
  )
})

test('odd figures do not lose a request', async () => {
  using at = makeFolder()
  const journal = openJournal({ directory: at.path, name: 'a' })
  journal.refuse(
    makeUsageRecord('req_1', { latencyMs: Number.NaN, bytesOut: Number.POSITIVE_INFINITY }),
  )
  await journal.end()
  expect(readAll(at.path).records).toMatchObject([{ id: 'req_1', latencyMs: 0, bytesOut: 0 }])
})

test('a request is told once, however often it ends and whoever ends it first', async () => {
  using at = makeFolder()
  const journal = openJournal({ directory: at.path, name: 'a' })
  const record = makeUsageRecord('req_1')
  journal.open(record, makeWaiter())
  journal.cancel(Object.assign(record, { outcome: 'refused', status: 499 }))
  journal.close(record)
  await turn()
  journal.close(record)
  await journal.end()
  expect(readAll(at.path)).toMatchObject({ records: [{ status: 499 }], bad: [], open: [] })
})

test('a segment begins with what is under way, also when requests end and begin inside the callbacks', async () => {
  using at = makeFolder()
  const journal = openJournal({ directory: at.path, name: 'a', segmentBytes: 1 })
  const long = makeUsageRecord('req_long')
  const short = makeUsageRecord('req_short')
  journal.open(long, makeWaiter())
  journal.open(
    short,
    makeWaiter(() => journal.close(short)),
  )
  await turn()
  journal.refuse(makeUsageRecord('req_refused'))
  await journal.flush()
  const segments = segmentsIn(at.path)
  expect(segments.length).toBeGreaterThan(2)
  expect(readAll(at.path).records.map((record) => record.id)).toEqual(['req_short', 'req_refused'])
  // The last segment alone knows it.
  for (const segment of segments.slice(0, -1)) fs.rmSync(join(at.path, segment))
  expect(readAll(at.path)).toMatchObject({ records: [], open: ['req_long'] })
  journal.close(long)
  await journal.end()
  expect(readAll(at.path)).toMatchObject({ records: [{ id: 'req_long' }], bad: [], open: [] })
})

test('a segment has its name only when all that it begins with is in it', async () => {
  using at = makeFolder()
  const journal = openJournal({ directory: at.path, name: 'a', segmentBytes: 1 })
  const real = fs.writeSync
  const sizes: number[] = []
  vi.spyOn(fs, 'writeSync').mockImplementation(((...args: Parameters<typeof real>) => {
    for (const file of segmentsIn(at.path)) sizes.push(fs.statSync(join(at.path, file)).size)
    return real(...args)
  }) as typeof fs.writeSync)
  journal.open(makeUsageRecord('req_1'), makeWaiter())
  await journal.flush()
  expect(segmentsIn(at.path)).toEqual(['a-1.journal', 'a-2.journal'])
  expect(Math.min(...sizes)).toBeGreaterThan(0)
  await journal.end()
})

test('while the disk is full requests are refused, and none that ended is lost or told twice', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 1000 }), fc.boolean(), async (room, rotates) => {
      using at = makeFolder()
      const segmentBytes = rotates ? 300 : undefined
      const journal = openJournal({ directory: at.path, name: 'a', segmentBytes, retryMs: 5 })
      const running = makeUsageRecord('req_running')
      const streaming = makeUsageRecord('req_streaming')
      journal.open(running, makeWaiter())
      journal.open(streaming, makeWaiter())
      await journal.flush()
      using disk = fillDisk(room)
      const through: string[] = []
      const refused: string[] = []
      const attempt = async (id: string) => {
        journal.open(
          makeUsageRecord(id),
          makeWaiter(
            () => through.push(id),
            () => refused.push(id),
          ),
        )
        await turn()
      }
      for (let i = 0; i < 4; i++) await attempt(`req_${i}`)
      journal.close(running)
      await turn()
      for (let i = 4; i < 8; i++) await attempt(`req_${i}`)
      expect(refused).toContain('req_7')
      disk.empty()
      // The end of `running` waits for room, and finds it without new traffic.
      await vi.waitFor(() => {
        expect(readAll(at.path).records.map((record) => record.id)).toEqual(['req_running'])
      })
      let tried = 8
      await vi.waitFor(async () => {
        await attempt(`req_${tried++}`)
        expect(through).toContain(`req_${tried - 1}`)
      })
      const all = Array.from({ length: tried }, (_, i) => `req_${i}`)
      expect([...through, ...refused].sort()).toEqual(all.sort())
      const { records, bad, open } = readAll(at.path)
      expect(records.map((record) => record.id)).toEqual(['req_running'])
      expect(open.sort()).toEqual(['req_streaming', ...through].sort())
      expect(bad).toEqual([])
      expect(fs.readdirSync(at.path).filter((file) => file.endsWith('.tmp'))).toEqual([])
      await journal.end()
    }),
    { numRuns: 60 },
  )
})

test('a request that was asked for in a callback and then refused is in no segment', async () => {
  using at = makeFolder()
  const journal = openJournal({ directory: at.path, name: 'a', segmentBytes: 1 })
  let disk: ReturnType<typeof fillDisk> | undefined
  const failed = new Promise<Error>((resolve) => {
    const next = () => {
      journal.open(makeUsageRecord('req_2'), makeWaiter(undefined, resolve))
      queueMicrotask(() => {
        disk = fillDisk(0)
      })
    }
    journal.open(makeUsageRecord('req_1'), makeWaiter(next))
  })
  expect((await failed).message).toContain('no space left')
  disk?.empty()
  expect(readAll(at.path).open).toEqual(['req_1'])
  await journal.end()
})

test('a full disk is told to whoever flushes or ends, and to a caller that comes after the end', async () => {
  using at = makeFolder()
  const journal = openJournal({ directory: at.path, name: 'a' })
  using disk = fillDisk(0)
  journal.refuse(makeUsageRecord('req_1'))
  await expect(journal.flush()).rejects.toThrow('no space left')
  await expect(journal.end()).rejects.toThrow('no space left')
  disk.empty()
  const failed = await new Promise<Error>((resolve, reject) =>
    journal.open(
      makeUsageRecord('req_2'),
      makeWaiter(() => reject(new Error('written after the end')), resolve),
    ),
  )
  expect(failed.message).toContain('closed')
})

test('end writes what is queued before it returns', async () => {
  using at = makeFolder()
  const journal = openJournal({ directory: at.path, name: 'a', fsyncMs: 5 })
  journal.refuse(makeUsageRecord('req_1'))
  const ended = journal.end()
  expect(readAll(at.path).records).toHaveLength(1)
  await ended
})

test('a callback that throws keeps no other request waiting', async () => {
  using at = makeFolder()
  const source = `
    import { openJournal } from ${JSON.stringify(new URL('./journal.ts', import.meta.url).href)}
    process.on('uncaughtException', (error) => console.log(error.message))
    const journal = openJournal({ directory: ${JSON.stringify(at.path)}, name: 'a' })
    const record = ${JSON.stringify(makeUsageRecord('req'))}
    journal.open({ ...record, id: '1' }, { onWritten() { throw new Error('thrown') } })
    journal.open({ ...record, id: '2' }, { onWritten: () => console.log('second') })`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source])
  let said = ''
  for await (const data of child.stdout) said += data
  expect(said.trim().split('\n').sort()).toEqual(['second', 'thrown'])
})
