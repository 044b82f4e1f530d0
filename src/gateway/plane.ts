import type { Log } from '../core/log.ts'
import type { Snapshot, UpstreamTarget } from './contract.ts'
import { createGrantCache, type GrantCache } from './grants.ts'
import type { Journal } from './journal.ts'
import { compileRoutes, type RouteTable } from './match.ts'
import type { OpenedGrant } from './registry.ts'
import { createUpstreamPool, type UpstreamPool } from './upstream/pool.ts'

/** What one gateway thread works with. */
export type Plane = {
  grants: GrantCache
  journal: Journal
  log: Log
  /** Pages and APIs of the main thread, one more upstream; null where there is none. */
  frontDoor: UpstreamPool | null
  frontDoorSocket: string | null
  table: RouteTable
  snapshot: Snapshot
  reserved: ReadonlySet<string>
  pools: Map<string, UpstreamPools>
}

/** Connections to one upstream, over its addresses in turn. */
export type UpstreamPools = {
  upstream: UpstreamTarget
  pools: { pool: UpstreamPool; basePath: string; url: string; host: string }[]
  next: number
  /** Requests under way in all threads. */
  inFlight: Int32Array
}

export type PlaneOptions = {
  openGrant: (digest: string) => Promise<OpenedGrant | undefined>
  journal: Journal
  log: Log
  frontDoorSocket: string | null
  snapshot: Snapshot
}

export function createPlane(options: PlaneOptions): Plane {
  const { frontDoorSocket, snapshot } = options
  const plane: Plane = {
    grants: createGrantCache(options.openGrant),
    journal: options.journal,
    log: options.log,
    frontDoor: frontDoorSocket ? createUpstreamPool({ socketPath: frontDoorSocket }) : null,
    frontDoorSocket,
    table: { exact: new Map(), others: [] },
    snapshot,
    reserved: new Set(),
    pools: new Map(),
  }
  applySnapshot(plane, snapshot)
  return plane
}

/** Routes by a new table from the next request on. Connections to upstreams that stay the same are kept. */
export function applySnapshot(plane: Plane, snapshot: Snapshot): void {
  plane.snapshot = snapshot
  plane.table = compileRoutes(snapshot.routes, snapshot.upstreams)
  plane.reserved = new Set(snapshot.reservedPrefixes)
  const before = plane.pools
  plane.pools = new Map(
    snapshot.upstreams.map((upstream) => {
      const old = before.get(upstream.id)
      const isSame = old && old.upstream.urls.join(' ') === upstream.urls.join(' ')
      return [upstream.id, isSame ? { ...old, upstream } : openPools(upstream)]
    }),
  )
  for (const [id, { pools }] of before) {
    if (plane.pools.get(id)?.pools !== pools) for (const { pool } of pools) pool.close()
  }
}

function openPools(upstream: UpstreamTarget): UpstreamPools {
  const pools = upstream.urls.map((url) => {
    const address = new URL(url)
    const pool = createUpstreamPool(address)
    return { pool, basePath: address.pathname.replace(/\/+$/, ''), url, host: address.host }
  })
  return { upstream, pools, next: 0, inFlight: new Int32Array(upstream.inFlight) }
}

export function closePlane(plane: Plane): void {
  plane.frontDoor?.destroy()
  for (const { pools } of plane.pools.values()) for (const { pool } of pools) pool.destroy()
}

/**
 * True when the path is the front door's: `/portal` and all below it, but not `/portals`. Prefixes
 * may have several segments.
 */
export function isReserved(plane: Plane, path: string): boolean {
  for (let end = path.indexOf('/', 1); ; end = path.indexOf('/', end + 1)) {
    if (plane.reserved.has(end === -1 ? path : path.slice(0, end))) return true
    if (end === -1) return plane.reserved.has(path.replace(/\.data$/, ''))
  }
}
