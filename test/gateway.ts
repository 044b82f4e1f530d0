import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKey, digestOf } from '../src/core/key-format.ts'
import { createLog } from '../src/core/log.ts'
import type { UsageRecord } from '../src/core/usage-record.ts'
import type {
  GatewayContract,
  Grant,
  RouteMatch,
  Snapshot,
  UpstreamTarget,
} from '../src/gateway/contract.ts'
import { type GatewayOptions, startGateway } from '../src/gateway/control.ts'
import { createIngest } from '../src/gateway/ingest.ts'
import { cursorMoved } from '../src/gateway/ingest-recorder.ts'

export type UpstreamHandler = (request: IncomingMessage, response: ServerResponse) => void

/** A server that answers as told and remembers what reached it. */
export async function startUpstream(handler: UpstreamHandler) {
  const seen: {
    method: string
    url: string
    headers: IncomingMessage['headers']
    raw: string[]
  }[] = []
  const server: Server = createServer((request, response) => {
    seen.push({
      method: request.method!,
      url: request.url!,
      headers: request.headers,
      raw: request.rawHeaders,
    })
    handler(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = async () => {
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return {
    server,
    seen,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

export const aRoute = (rest: Partial<RouteMatch> = {}): RouteMatch => ({
  ...{
    id: 'rte_all',
    name: 'all',
    path: '/*',
    methods: [],
    host: null,
    upstreamId: 'ups',
    stripPrefix: false,
    rewrite: null,
  },
  ...{
    authRequired: true,
    scopes: [],
    creditCost: 1,
    meters: [],
    timeoutMs: null,
    maxBodyBytes: null,
    cors: [],
    priority: 0,
  },
  ...rest,
})

export const aGrant = (rest: Partial<Grant> = {}): Grant => ({
  ...{
    keyId: 'key_1',
    keyPrefix: 'ak_live_abcd',
    environment: 'live',
    organizationId: 'org_1',
    userId: 'usr_1',
    planId: 'pln_1',
  },
  ...{
    expiresAt: null,
    revokedAt: null,
    ownerStatus: 'active',
    scopes: ['*'],
    ipAllowlist: [],
    keyRateLimit: null,
  },
  ...{
    planRateLimit: null,
    planRateBurst: 0,
    keyMonthlyLimit: null,
    quota: null,
    quotaEnforcement: 'hard',
  },
  headers: [
    'X-User-ID',
    'usr_1',
    'X-Org-ID',
    'org_1',
    'X-Plan-ID',
    'pln_1',
    'X-Key-ID',
    'key_1',
    'X-Key-Environment',
    'live',
  ],
  ...rest,
})

export type TestGatewayOptions = {
  handler?: UpstreamHandler
  routes?: RouteMatch[]
  upstream?: Partial<UpstreamTarget>
  snapshot?: Partial<Snapshot>
  threads?: number
  frontDoorSocket?: string
}

/** A gateway with its real threads, journal and ingest before a real upstream; the rest of the product is this object. */
export async function openGateway(options: TestGatewayOptions = {}) {
  const upstream = await startUpstream(options.handler ?? ((_, response) => response.end('hello')))
  const directory = mkdtempSync(join(tmpdir(), 'apigate-gateway-'))
  const grants = new Map<string, Grant>()
  const records: UsageRecord[] = []
  const cursors = new Map<string, number>()
  const state = {
    routes: options.routes ?? [aRoute()],
    isDatabaseAway: false,
    finds: 0,
    periodEnd: Date.UTC(2100, 0, 1),
    usedBefore: 0,
  }
  const contract: GatewayContract = {
    findGrant: async (digest) => {
      state.finds += 1
      if (state.isDatabaseAway) throw new Error('the database is away')
      return grants.get(digest)
    },
    getPeriod: async () => ({ start: 0, end: state.periodEnd }),
    countUsed: async (_organizationId, keyId) => (keyId === null ? state.usedBefore : 0),
    loadSnapshot: async () => ({
      routes: state.routes,
      upstreams: [
        {
          id: 'ups',
          name: 'api',
          urls: [upstream.url],
          timeoutMs: 30_000,
          maxConcurrency: null,
          authHeaders: [],
          inFlight: new SharedArrayBuffer(4),
          ...options.upstream,
        },
      ],
      keyPrefix: 'ak',
      hasImportedKeys: false,
      trustedProxies: [],
      maxBodyBytes: null,
      problemBase: 'http://apigate.test/portal/help/errors',
      reservedPrefixes: ['/portal', '/admin'],
      ...options.snapshot,
    }),
    findCursor: async (segment) => cursors.get(segment) ?? 0,
    recordUsage: async (batch) => {
      if ((cursors.get(batch.segment) ?? 0) !== batch.from) throw cursorMoved(batch.segment)
      cursors.set(batch.segment, batch.to)
      records.push(...batch.records)
    },
  }
  const log = createLog({ log: { level: 'silent', format: 'json' } })
  const ingest = createIngest({ directory, contract, log })
  const gatewayOptions: GatewayOptions = {
    contract,
    drain: ingest.drain,
    entry: new URL('../src/gateway/thread.ts', import.meta.url),
    threads: options.threads ?? 1,
    host: '127.0.0.1',
    port: 0,
    frontDoorSocket: options.frontDoorSocket ?? null,
    journalDirectory: directory,
    log,
    logConfig: { level: 'silent', format: 'json' },
    onFailure: (error) => {
      throw error
    },
  }
  const control = await startGateway(gatewayOptions)
  const url = `http://127.0.0.1:${control.port}`
  return {
    ...{ url, port: control.port, upstream, control, records, state, directory, contract },
    /** Puts a key into the world and returns it. */
    addKey: (rest: Partial<Grant> = {}) => {
      const key = createKey('ak', 'live')
      grants.set(digestOf(key), aGrant(rest))
      return key
    },
    change: (key: string, rest: Partial<Grant>) => {
      grants.set(digestOf(key), { ...grants.get(digestOf(key))!, ...rest })
    },
    /** Every usage row so far, once there are as many as expected. */
    recorded: async (expected = 0) => {
      const deadline = Date.now() + 5000
      do {
        await new Promise((resolve) => setTimeout(resolve, 20))
        await ingest.drain()
      } while (records.length < expected && Date.now() < deadline)
      return records
    },
    [Symbol.asyncDispose]: async () => {
      await control.stop()
      await upstream.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
