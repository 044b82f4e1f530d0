import { spawn } from 'node:child_process'
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLog } from '../core/log.ts'
import type { UsageBatch, UsageRecord } from '../core/usage-record.ts'
import { createIngest, cursorMoved } from './ingest.ts'
import { openJournal } from './journal.ts'

const log = createLog({ log: { level: 'silent', format: 'json' } })
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

function folder() {
  const path = mkdtempSync(join(tmpdir(), 'apigate-journal-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

function recordOf(id: string, rest: Partial<UsageRecord> = {}): UsageRecord {
  return {
    ...{
      id,
      time: 1000,
      organizationId: 'org',
      userId: 'usr',
      keyId: 'key',
      keyPrefix: 'ak_live_x',
      environment: 'live',
    },
    ...{
      routeId: 'rte',
      route: '/x',
      method: 'GET',
      path: '/x',
      outcome: 'forwarded',
      status: 200,
      errorCode: null,
    },
    ...{
      latencyMs: 1.5,
      upstreamMs: 1,
      bytesIn: 0,
      bytesOut: 10,
      creditCost: 1,
      clientIp: '::1',
      source: 'api',
    },
    ...{ decision: null, limits: null },
    ...rest,
  }
}

/** A database that keeps what it is told, with the rule of the cursor; it fails when told to, before or after its commit. */
function createStore() {
  const cursors = new Map<string, number>()
  const records: UsageRecord[] = []
  const failures: ('before' | 'after')[] = []
  return {
    records,
    failures,
    findCursor: async (segment: string) => cursors.get(segment) ?? 0,
    recordUsage: async (batch: UsageBatch) => {
      const failure = failures.shift()
      if (failure === 'before') throw new Error('the database is away')
      if ((cursors.get(batch.segment) ?? 0) !== batch.from) throw cursorMoved(batch.segment)
      cursors.set(batch.segment, batch.to)
      records.push(...batch.records)
      if (failure === 'after') throw new Error('the connection broke')
    },
  }
}

const ingestOf = (directory: string, store: ReturnType<typeof createStore>, batchRecords = 2000) =>
  createIngest({ directory, contract: store, log, batchRecords })

test('a request is let through only when its opening line is in the file', async () => {
  using at = folder()
  const journal = openJournal({ directory: at.path, name: 'a' })
  let seen = ''
  journal.open(
    recordOf('req_1'),
    () => {
      seen = readFileSync(join(at.path, 'a-000000.journal'), 'utf8')
    },
    () => {},
  )
  expect(seen).toBe('')
  await turn()
  expect(seen).toContain('req_1')
  journal.end()
})

test('closed requests come out whole, with any path', async () => {
  using at = folder()
  const store = createStore()
  const journal = openJournal({ directory: at.path, name: 'a' })
  const path = '/a\tb\nc\\"é\u{1F600}'
  const record = recordOf('req_1', {
    path,
    errorCode: 'upstream_timeout',
    status: 504,
    upstreamMs: null,
    limits: { rateLimit: 100, rateRemaining: 99, quota: null, quotaUsed: 7 },
  })
  journal.open(
    record,
    () => {},
    () => {},
  )
  journal.close(record)
  const refused = recordOf('req_2', {
    outcome: 'refused',
    status: 429,
    decision: { rule: 'plan_rate_limit', limit: 100 },
  })
  journal.refuse(refused)
  await turn()
  await ingestOf(at.path, store).drain()
  expect(store.records).toEqual([record, refused])
  journal.end()
})

test('whatever is cut off and whenever the database fails, each request counts once', async () => {
  const step = fc.constantFrom(
    'open',
    'close',
    'refuse',
    'cancel',
    'drain',
    'fail before',
    'fail after',
    'restart reader',
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 60 }),
      fc.integer({ min: 200, max: 3000 }),
      fc.nat(),
      async (steps, segmentBytes, cut) => {
        using at = folder()
        const store = createStore()
        const journal = openJournal({ directory: at.path, name: 'a', segmentBytes })
        let ingest = ingestOf(at.path, store, 3)
        const open: UsageRecord[] = []
        const ended: string[] = []
        let count = 0
        for (const kind of steps) {
          if (kind === 'open') {
            const record = recordOf(`req_${count++}`)
            journal.open(
              record,
              () => open.push(record),
              () => {},
            )
          } else if (kind === 'refuse') {
            const record = recordOf(`req_${count++}`, { outcome: 'refused' })
            journal.refuse(record)
            ended.push(record.id)
          } else if (kind === 'fail before' || kind === 'fail after') {
            store.failures.push(kind === 'fail before' ? 'before' : 'after')
          } else if (kind === 'drain') {
            await ingest.drain().catch(() => {})
          } else if (kind === 'restart reader') {
            ingest = ingestOf(at.path, store, 3)
          } else {
            const record = open.shift()
            if (record) {
              if (kind === 'close') journal.close(record)
              else journal.cancel({ ...record, outcome: 'refused' })
              ended.push(record.id)
            }
          }
          await turn()
        }
        journal.flush()
        // The process is killed here; a line may have been cut off in the middle.
        const last = readdirSync(at.path)
          .filter((name) => name.endsWith('.journal'))
          .sort()
          .at(-1)!
        appendFileSync(join(at.path, last), 'c\treq_99999\t200\t'.slice(0, cut % 16))
        store.failures.length = 0
        await ingestOf(at.path, store).recover()
        await ingestOf(at.path, store).recover()
        const ids = (outcome: string) =>
          store.records.filter((record) => record.outcome === outcome).map((record) => record.id)
        expect(ids('interrupted').sort()).toEqual(open.map((record) => record.id).sort())
        expect([...ids('forwarded'), ...ids('refused')].sort()).toEqual(ended.sort())
        expect(readdirSync(at.path).filter((name) => name.endsWith('.journal'))).toEqual([])
        journal.end()
      },
    ),
    { numRuns: 60 },
  )
})

test('a damaged line is set aside and the rest is counted', async () => {
  using at = folder()
  const store = createStore()
  const lines = [
    `d\t${JSON.stringify(recordOf('req_1'))}`,
    'o\t{"broken',
    `d\t${JSON.stringify(recordOf('req_2'))}`,
  ]
  writeFileSync(join(at.path, 'a-000000.journal'), `${lines.join('\n')}\n`)
  await ingestOf(at.path, store).recover()
  expect(store.records.map((record) => record.id)).toEqual(['req_1', 'req_2'])
  expect(readFileSync(join(at.path, 'rejected.txt'), 'utf8')).toBe('o\t{"broken\n')
})

test('a crash between telling what was interrupted and forgetting the segment counts nothing twice', async () => {
  using at = folder()
  const store = createStore()
  const journal = openJournal({ directory: at.path, name: 'a' })
  journal.open(
    recordOf('req_1'),
    () => {},
    () => {},
  )
  journal.flush()
  const file = join(at.path, 'a-000000.journal')
  const content = readFileSync(file)
  await ingestOf(at.path, store).recover()
  writeFileSync(file, content)
  truncateSync(file, content.length)
  await ingestOf(at.path, store).recover()
  expect(store.records.map((record) => [record.id, record.outcome])).toEqual([
    ['req_1', 'interrupted'],
  ])
  journal.end()
})

test('a writer killed at full speed loses no request that it let through', async () => {
  for (let round = 0; round < 5; round++) {
    using at = folder()
    const program = `
      import { openJournal } from ${JSON.stringify(new URL('./journal.ts', import.meta.url).href)}
      import { writeSync } from 'node:fs'
      const journal = openJournal({ directory: ${JSON.stringify(at.path)}, name: 'a', segmentBytes: 200_000 })
      let count = 0
      const begin = () => {
        const record = ${JSON.stringify(recordOf('?'))}
        record.id = 'req_' + count++
        journal.open(record, () => {
          writeSync(1, record.id + '\\n')
          setTimeout(() => { journal.close(record); begin() }, Math.random() * 3)
        }, () => {})
      }
      for (let i = 0; i < 50; i++) begin()`
    const script = join(at.path, 'writer.ts')
    writeFileSync(script, program)
    const writer = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    writer.stdout.on('data', (data) => {
      said += data
    })
    await new Promise((resolve) => setTimeout(resolve, 400 + Math.random() * 200))
    writer.kill('SIGKILL')
    await new Promise((resolve) => writer.once('close', resolve))
    const store = createStore()
    await ingestOf(at.path, store).recover()
    const letThrough = said.split('\n').filter((id) => id !== '')
    const counted = store.records.map((record) => record.id)
    expect(letThrough.length).toBeGreaterThan(100)
    expect(new Set(counted).size).toBe(counted.length)
    expect(letThrough.filter((id) => !counted.includes(id))).toEqual([])
    expect(counted.length - letThrough.length).toBeLessThanOrEqual(50)
  }
})
