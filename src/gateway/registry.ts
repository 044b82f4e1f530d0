import {
  type Cell,
  type CellMemory,
  createCell,
  isIdle,
  isStale,
  markStale,
  periodEndOf,
  succeedCell,
} from './cell.ts'
import { monotonicNow } from './clock.ts'
import type { GatewayContract, Grant } from './contract.ts'

/** A grant with the shared memory of its limits, as a gateway thread gets it. */
export type OpenedGrant = { grant: Grant; organization: CellMemory; key: CellMemory }

/** The main thread's register of limit cells: one for each organization and key, shared by all threads. */
export type Registry = {
  openGrant: (digest: string) => Promise<OpenedGrant | undefined>
  /** Nothing that was decided by the old state is admitted any more. */
  markStale: (of: { organizationIds?: string[]; keyIds?: string[] }) => void
  markAllStale: () => void
  /** Forgets cells without requests for `idleMs`. */
  sweep: (idleMs: number) => void
  size: () => number
}

export function createRegistry(contract: GatewayContract, drain: () => Promise<void>): Registry {
  const organizations = new Map<string, Cell>()
  const keys = new Map<string, Cell>()
  /** Moves with every invalidation: what was read from the database before it may be old. */
  let generation = 0
  /** Moves when cells are forgotten: what was counted before may lack what they held. */
  let sweeps = 0

  async function openGrant(digest: string): Promise<OpenedGrant | undefined> {
    for (;;) {
      const seen = generation
      const grant = await contract.findGrant(digest)
      if (!grant) return undefined
      const opened = await openCells(grant)
      if (opened && generation === seen) return opened
    }
  }

  /** Undefined when it has to be tried again. */
  async function openCells(grant: Grant): Promise<OpenedGrant | undefined> {
    const now = Date.now()
    const period = await contract.getPeriod(grant.organizationId, now)
    const organizationRate =
      grant.planRateLimit === null ? 0 : grant.planRateLimit + grant.planRateBurst
    const keyRate = grant.keyRateLimit ?? 0
    const isCurrent = (cell: Cell | undefined, capacity: number): cell is Cell =>
      !!cell && !isStale(cell) && periodEndOf(cell) > now && cell.ring.length >= capacity
    const find = () => {
      const organization = organizations.get(grant.organizationId)
      const key = keys.get(grant.keyId)
      return {
        organization: isCurrent(organization, organizationRate) ? organization : undefined,
        key: isCurrent(key, keyRate) ? key : undefined,
      }
    }
    const found = find()
    if (found.organization && found.key)
      return { grant, organization: found.organization.memory, key: found.key.memory }
    // All that has happened must be in the database before it is asked how much was used. Nothing
    // happens meanwhile: without a cell nothing is admitted, and one that another caller makes wins.
    const sweepsBefore = sweeps
    await drain()
    const { organizationId, keyId } = grant
    const [organizationUsed, keyUsed] = await Promise.all([
      found.organization ? undefined : contract.countUsed(organizationId, null, period),
      found.key ? undefined : contract.countUsed(organizationId, keyId, period),
    ])
    if (sweeps !== sweepsBefore) return undefined
    const renew = (cells: Map<string, Cell>, id: string, capacity: number, used?: number) => {
      const old = cells.get(id)
      if (isCurrent(old, capacity) || used === undefined) return
      if (old) markStale(old)
      const cell = old
        ? succeedCell(old, capacity, period.end, used)
        : createCell(capacity, period.end, used)
      cells.set(id, cell)
    }
    renew(organizations, organizationId, organizationRate, organizationUsed)
    renew(keys, keyId, keyRate, keyUsed)
    const { organization, key } = find()
    return organization && key && { grant, organization: organization.memory, key: key.memory }
  }

  return {
    openGrant,
    markStale: ({ organizationIds = [], keyIds = [] }) => {
      generation += 1
      for (const id of organizationIds) markIfThere(organizations.get(id))
      for (const id of keyIds) markIfThere(keys.get(id))
    },
    markAllStale: () => {
      generation += 1
      for (const cell of [...organizations.values(), ...keys.values()]) markStale(cell)
    },
    sweep: (idleMs) => {
      sweeps += 1
      const since = monotonicNow() - idleMs
      for (const cells of [organizations, keys]) {
        for (const [id, cell] of cells) {
          if (!isIdle(cell, since)) continue
          markStale(cell)
          cells.delete(id)
        }
      }
    },
    size: () => organizations.size + keys.size,
  }
}

function markIfThere(cell: Cell | undefined): void {
  if (cell) markStale(cell)
}
