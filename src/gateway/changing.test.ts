import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { aGrant, aRoute, startUpstream } from '../../test/gateway.ts'
import { createKey, digestOf } from '../core/key-format.ts'
import { createLog } from '../core/log.ts'
import type { UsageRecord } from '../core/usage-record.ts'
import type { Grant } from './contract.ts'
import { listen } from './gateway.ts'
import type { Journal, Waiter } from './journal.ts'
import type { OpenRecord } from './journal-format.ts'
import { createPlane } from './plane.ts'
import { createRegistry } from './registry.ts'

/** A journal that writes when it is told to, and remembers how requests ended. */
function slowJournal() {
  const waiting: Waiter[] = []
  const open = new Set<OpenRecord>()
  const ended: UsageRecord[] = []
  const end = (record: UsageRecord) => {
    if (open.delete(record)) ended.push({ ...record })
  }
  const journal: Journal = {
    open: (record, waiter) => {
      open.add(record)
      waiting.push(waiter)
    },
    close: end,
    cancel: end,
    refuse: (record) => void ended.push({ ...record }),
    flush: async () => {},
    end: async () => {},
  }
  const write = async (count: number) => {
    await expect.poll(() => waiting.length).toBe(count)
    for (const waiter of waiting.splice(0)) waiter.onWritten()
  }
  const fail = () => {
    open.clear()
    for (const waiter of waiting.splice(0)) waiter.onNotWritten(new Error('the disk is full'))
  }
  return { journal, write, fail, open, ended }
}

/** One gateway thread's work in this process, where each step can be held. */
async function openSlowGateway(handler: Parameters<typeof startUpstream>[0]) {
  const upstream = await startUpstream(handler)
  const key = createKey('ak', 'live')
  const held = slowJournal()
  const state = { grant: aGrant(), isFindable: Promise.resolve() }
  const registry = createRegistry(
    {
      findGrant: async (digest) => {
        await state.isFindable
        return digest === digestOf(key) ? state.grant : undefined
      },
      getPeriod: async () => ({ start: 0, end: Date.UTC(2100, 0, 1) }),
      countUsed: async () => 0,
      ...{ loadSnapshot: async () => snapshot, findCursor: async () => 0 },
      recordUsage: async () => {},
    },
    async () => {},
  )
  const snapshot = {
    ...{ routes: [aRoute()], keyPrefix: 'ak', hasImportedKeys: false, trustedProxies: [] },
    ...{ maxBodyBytes: null, problemBase: 'http://apigate.test/help', reservedPrefixes: [] },
    upstreams: [
      {
        ...{ id: 'ups', name: 'api', urls: [upstream.url], timeoutMs: 30_000 },
        ...{ maxConcurrency: 2, authHeaders: [], inFlight: new SharedArrayBuffer(4) },
      },
    ],
  }
  const plane = createPlane({
    ...{ snapshot, frontDoorSocket: null, journal: held.journal, openGrant: registry.openGrant },
    log: createLog({ log: { level: 'silent', format: 'json' } }),
  })
  const gateway = await listen(plane, { host: '127.0.0.1', port: 0, isShared: false })
  onTestFinished(async () => {
    await gateway.close(0)
    await upstream.stop()
  })
  return {
    ...{ ...held, key, upstream, port: gateway.port },
    url: `http://127.0.0.1:${gateway.port}/things`,
    inFlight: new Int32Array(snapshot.upstreams[0]!.inFlight),
    /** What the operator changes; whoever was admitted by the old state must be asked anew. */
    change: (rest: Partial<Grant>) => {
      state.grant = { ...state.grant, ...rest }
      registry.markStale({ organizationIds: ['org_1'], keyIds: ['key_1'] })
    },
    /** Grants are looked up no more until the returned function is called. */
    holdFinds: () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      state.isFindable = promise
      return resolve
    },
  }
}

const valuesOf = (raw: string[], name: string) =>
  raw.filter((_, i) => i % 2 === 1 && raw[i - 1]!.toLowerCase() === name)

test('a request whose grant changes before it is sent goes out once, as who it is then', async () => {
  const gateway = await openSlowGateway((_, response) => response.end('ok'))
  const answer = fetch(gateway.url, { headers: { 'x-api-key': gateway.key } })
  await expect.poll(() => gateway.open.size).toBe(1)
  gateway.change({ planId: 'pln_2', headers: ['X-Plan-ID', 'pln_2'] })
  await gateway.write(1)
  expect((await answer).status).toBe(200)
  const { raw } = gateway.upstream.seen[0]!
  expect(valuesOf(raw, 'x-plan-id')).toEqual(['pln_2'])
  for (const name of ['host', 'x-request-id', 'x-forwarded-for'])
    expect([name, valuesOf(raw, name).length]).toEqual([name, 1])
})

test('requests that arrive in one turn share the places of an upstream, too', async () => {
  const waiting: (() => void)[] = []
  const gateway = await openSlowGateway((_, response) => void waiting.push(() => response.end()))
  const socket = connect(gateway.port, '127.0.0.1')
  const ask = `GET /things HTTP/1.1\r\nHost: x\r\nX-API-Key: ${gateway.key}\r\n\r\n`
  let heard = ''
  socket.on('data', (data) => {
    heard += data
  })
  // The first makes the key known: those behind it are decided as they are read.
  socket.write(ask)
  await gateway.write(1)
  await expect.poll(() => waiting.length).toBe(1)
  waiting.pop()!()
  await expect.poll(() => heard).toContain('200 OK')
  socket.write(ask.repeat(5))
  await gateway.write(2)
  await expect.poll(() => waiting.length).toBe(2)
  for (const answer of waiting) answer()
  await expect.poll(() => heard.match(/upstream_overloaded/g)?.length).toBe(3 * 2)
  expect(gateway.inFlight[0]).toBe(0)
  socket.destroy()
})

test('a client that leaves while its request is decided anew leaves nothing open', async () => {
  const gateway = await openSlowGateway((_, response) => response.end('ok'))
  const socket = connect(gateway.port, '127.0.0.1')
  socket.write(`GET /things HTTP/1.1\r\nHost: x\r\nX-API-Key: ${gateway.key}\r\n\r\n`)
  await expect.poll(() => gateway.open.size).toBe(1)
  gateway.change({})
  const goOn = gateway.holdFinds()
  await gateway.write(1)
  await pause(20)
  socket.destroy()
  await pause(50)
  goOn()
  await expect.poll(() => gateway.ended.map(({ status }) => status)).toEqual([499])
  expect([gateway.open.size, gateway.inFlight[0], gateway.upstream.seen.length]).toEqual([0, 0, 0])
})

test('an upgrade whose key is revoked before it is sent reaches no upstream', async () => {
  const gateway = await openSlowGateway((_, response) => response.end())
  let upgraded = 0
  gateway.upstream.server.on('upgrade', (_, socket) => {
    upgraded += 1
    socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
  })
  const socket = connect(gateway.port, '127.0.0.1')
  let heard = ''
  socket.on('data', (data) => {
    heard += data
  })
  socket.write(
    `GET /live HTTP/1.1\r\nHost: x\r\nX-API-Key: ${gateway.key}\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n`,
  )
  await expect.poll(() => gateway.open.size).toBe(1)
  gateway.change({ revokedAt: 1 })
  await gateway.write(1)
  await expect.poll(() => heard).toMatch(/^HTTP\/1\.1 401[\s\S]*key_revoked/)
  expect([upgraded, gateway.open.size, gateway.inFlight[0]]).toEqual([0, 0, 0])
  expect(gateway.ended.map(({ status }) => status)).toEqual([401])
})

test('a request that could not be written down goes nowhere, and is told as refused', async () => {
  const gateway = await openSlowGateway((_, response) => response.end('ok'))
  const answer = fetch(gateway.url, { headers: { 'x-api-key': gateway.key } })
  await expect.poll(() => gateway.open.size).toBe(1)
  gateway.fail()
  expect((await answer).status).toBe(503)
  expect(gateway.ended).toMatchObject([
    { status: 503, outcome: 'refused', errorCode: 'unavailable', path: '/things' },
  ])
  expect([gateway.inFlight[0], gateway.upstream.seen.length]).toEqual([0, 0])
})
