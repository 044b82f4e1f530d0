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
import type { GatewayContract, Grant, Period } from './contract.ts'

/** A grant with the shared memory of its limits, as a gateway thread gets it. */
export type OpenedGrant = { grant: Grant; organization: CellMemory; key: CellMemory }

type Wanted = {
  capacity: number
  now: number
  period: Period
  /** What the database has of the period. */
  count: () => Promise<number>
}

/** The main thread's register of limit cells: one for each organization and key, shared by all threads. */
export type Registry = {
  openGrant: (digest: string) => Promise<OpenedGrant | undefined>
  /** Nothing that was decided by the old state is admitted any more. */
  markStale: (of: { organizationIds?: string[]; keyIds?: string[] }) => void
  markAllStale: () => void
  /** Forgets cells without requests for `idleMs`, when all that they admitted is recorded. */
  sweep: (idleMs: number) => Promise<void>
  size: () => number
}

/**
 * `drain` records what the journal holds. Whatever is not recorded has a cell: when the register is
 * made nothing may be left of earlier processes, and a cell is forgotten after a drain.
 */
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
    const { organizationId, keyId, planRateLimit, planRateBurst, keyRateLimit } = grant
    const now = Date.now()
    const period = await contract.getPeriod(organizationId, now)
    const rate = planRateLimit === null ? 0 : planRateLimit + planRateBurst
    const count = (key: string | null) => () => contract.countUsed(organizationId, key, period)
    const [organization, key] = await Promise.all([
      openCell(organizations, organizationId, { capacity: rate, now, period, count: count(null) }),
      openCell(keys, keyId, { capacity: keyRateLimit ?? 0, now, period, count: count(keyId) }),
    ])
    return organization && key && { grant, organization: organization.memory, key: key.memory }
  }

  async function openCell(
    cells: Map<string, Cell>,
    id: string,
    { capacity, now, period, count }: Wanted,
  ): Promise<Cell | undefined> {
    const isCurrent = (cell: Cell) =>
      !isStale(cell) && periodEndOf(cell) > now && cell.ring.length >= capacity
    const isOfPeriod = (cell: Cell) => periodEndOf(cell) === period.end
    const found = cells.get(id)
    if (found && isCurrent(found)) return found
    const sweepsBefore = sweeps
    if (found && !isOfPeriod(found)) await drain()
    // A cell of the same period knows better than the database.
    const used = found && isOfPeriod(found) ? 0 : await count()
    if (sweeps !== sweepsBefore) return undefined
    const old = cells.get(id)
    // Another caller was faster.
    if (old && isCurrent(old)) return old
    if (old) markStale(old)
    const cell = old
      ? succeedCell(old, capacity, period.end, used)
      : createCell(capacity, period.end, used)
    cells.set(id, cell)
    return cell
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
    sweep: async (idleMs) => {
      const since = monotonicNow() - idleMs
      const idle = [organizations, keys].flatMap((cells) =>
        [...cells]
          .filter(([, cell]) => isIdle(cell, since))
          .map(([id, cell]) => ({ cells, id, cell })),
      )
      if (idle.length === 0) return
      for (const { cell } of idle) markStale(cell)
      await drain()
      sweeps += 1
      for (const { cells, id, cell } of idle)
        if (cells.get(id) === cell && isIdle(cell, since)) cells.delete(id)
    },
    size: () => organizations.size + keys.size,
  }
}

function markIfThere(cell: Cell | undefined): void {
  if (cell) markStale(cell)
}
