/**
 * Shared memory of one organization's or one key's limits, so that they hold exactly over all
 * gateway threads: a lock, a flag that what is known about it has grown stale, the times of the
 * requests admitted in the last minute, and the count of the billing period.
 *
 * The rate limit is a sliding-window log: a request is admitted if fewer than `limit` were in the
 * 60 s before it. No window of 60 s can hold more, and traffic below the limit is never refused.
 */
export type Cell = {
  memory: CellMemory
  ints: Int32Array
  numbers: Float64Array
  inFlight: Int32Array
  /** Milliseconds of the process's monotonic clock, a ring in the order of admission. */
  ring: Float64Array
}

/** What threads share of a cell. The cell that takes over from it has the same `inFlight`. */
export type CellMemory = { state: SharedArrayBuffer; inFlight: SharedArrayBuffer }

const windowMs = 60_000
const lockAt = 0
const staleAt = 1
const headAt = 2
const countAt = 3
const intBytes = 32

const periodEndAt = 0
const usedAt = 1
const touchedAt = 2
const numberCount = 4
const headBytes = intBytes + numberCount * 8

/** A cell with room for `capacity` requests in a window. */
export function createCell(
  capacity: number,
  periodEnd: number,
  used: number,
  inFlight: SharedArrayBuffer = new SharedArrayBuffer(4),
): Cell {
  const state = new SharedArrayBuffer(headBytes + capacity * 8)
  const cell = openCell({ state, inFlight })
  cell.numbers[periodEndAt] = periodEnd
  cell.numbers[usedAt] = used
  return cell
}

/** The cell in memory that another thread shared. */
export function openCell(memory: CellMemory): Cell {
  const { state, inFlight } = memory
  return {
    memory,
    ints: new Int32Array(state, 0, intBytes / 4),
    numbers: new Float64Array(state, intBytes, numberCount),
    inFlight: new Int32Array(inFlight),
    ring: new Float64Array(state, headBytes),
  }
}

/** From now on nothing is admitted here: who asks must look up the grant again. */
export function markStale(cell: Cell): void {
  Atomics.store(cell.ints, staleAt, 1)
}

export function isStale(cell: Cell): boolean {
  return Atomics.load(cell.ints, staleAt) === 1
}

/** Counts requests that are under way, so that the cell is not forgotten while there are any. */
export function addInFlight(cell: Cell, change: 1 | -1): void {
  Atomics.add(cell.inFlight, 0, change)
}

/** True when nothing happened here since `since` (monotonic milliseconds) and nothing is under way. */
export function isIdle(cell: Cell, since: number): boolean {
  return Atomics.load(cell.inFlight, 0) === 0 && cell.numbers[touchedAt]! < since
}

export const periodEndOf = (cell: Cell): number => cell.numbers[periodEndAt]!

/** A cell that takes over from a stale one: the window always, the count while the period is the same. */
export function succeedCell(old: Cell, capacity: number, periodEnd: number, used: number): Cell {
  lock(old)
  try {
    const isSamePeriod = old.numbers[periodEndAt] === periodEnd
    const count = isSamePeriod ? old.numbers[usedAt]! : used
    const cell = createCell(capacity, periodEnd, count, old.memory.inFlight)
    const kept = Math.min(old.ints[countAt]!, capacity)
    for (let i = 0; i < kept; i++) cell.ring[i] = entry(old, old.ints[countAt]! - kept + i)
    cell.ints[countAt] = kept
    cell.ints[headAt] = capacity === 0 ? 0 : kept % capacity
    cell.numbers[touchedAt] = old.numbers[touchedAt]!
    return cell
  } finally {
    unlock(old)
  }
}

/** What one cell is asked to hold; null is unlimited. */
export type CellLimits = {
  /** Requests in any 60 s, the burst included. */
  rate: number | null
  /** Requests in the billing period that may not be exceeded. */
  hardQuota: number | null
}

/** The answer to one request, written over by the next one. */
export type Admission = {
  outcome: 'admitted' | 'rate' | 'quota' | 'stale'
  /** Whose limit refused. */
  by: 'organization' | 'key'
  organization: Figures
  key: Figures
}

export type Figures = {
  /** Requests in the last 60 s, this one included if admitted. */
  inWindow: number
  /** Milliseconds until the oldest of them leaves the window; when refused, until there is room. */
  roomInMs: number
  /** Of the period, this one included if admitted. */
  used: number
  periodEnd: number
}

const noFigures = (): Figures => ({ inWindow: 0, roomInMs: 0, used: 0, periodEnd: 0 })

export function createAdmission(): Admission {
  return { outcome: 'stale', by: 'organization', organization: noFigures(), key: noFigures() }
}

/**
 * Admits a request under the limits of the organization and of the key, all or nothing: a refusal
 * spends nothing anywhere. `now` is monotonic, `wall` the epoch, both in milliseconds. `stale` when
 * the grant must be looked up again, also because the billing period has ended.
 */
export function admit(
  organization: Cell,
  organizationLimits: CellLimits,
  key: Cell,
  keyLimits: CellLimits,
  now: number,
  wall: number,
  out: Admission,
): void {
  lock(organization)
  lock(key)
  try {
    // Once for all threads: whoever looks up a grant of a period that is over has to look it up anew.
    if (wall >= organization.numbers[periodEndAt]!) markStale(organization)
    if (isStale(organization) || isStale(key)) {
      out.outcome = 'stale'
      return
    }
    expire(organization, now)
    expire(key, now)
    out.outcome = 'admitted'
    if (!hasRoom(organization, organizationLimits.rate)) refuse(out, 'rate', 'organization')
    else if (!hasRoom(key, keyLimits.rate)) refuse(out, 'rate', 'key')
    else if (isSpent(organization, organizationLimits.hardQuota))
      refuse(out, 'quota', 'organization')
    else if (isSpent(key, keyLimits.hardQuota)) refuse(out, 'quota', 'key')
    else {
      record(organization, organizationLimits.rate, now)
      record(key, keyLimits.rate, now)
    }
    tell(organization, organizationLimits.rate, now, out.organization)
    tell(key, keyLimits.rate, now, out.key)
  } finally {
    unlock(key)
    unlock(organization)
  }
}

/** Gives back a request of the period that was admitted but never reached the upstream. */
export function giveBack(cell: Cell, periodEnd: number): void {
  lock(cell)
  if (cell.numbers[periodEndAt] === periodEnd && cell.numbers[usedAt]! > 0)
    cell.numbers[usedAt]! -= 1
  unlock(cell)
}

function refuse(out: Admission, outcome: 'rate' | 'quota', by: 'organization' | 'key'): void {
  out.outcome = outcome
  out.by = by
}

function hasRoom(cell: Cell, rate: number | null): boolean {
  return rate === null || cell.ints[countAt]! < rate
}

function isSpent(cell: Cell, hardQuota: number | null): boolean {
  return hardQuota !== null && cell.numbers[usedAt]! >= hardQuota
}

function record(cell: Cell, rate: number | null, now: number): void {
  const { ints, numbers, ring } = cell
  if (rate !== null) {
    const head = ints[headAt]!
    ring[head] = now
    ints[headAt] = head + 1 === ring.length ? 0 : head + 1
    ints[countAt]! += 1
  }
  numbers[usedAt]! += 1
  numbers[touchedAt] = now
}

function tell(cell: Cell, rate: number | null, now: number, out: Figures): void {
  const count = cell.ints[countAt]!
  const first = rate !== null && count > rate ? count - rate : 0
  out.inWindow = count
  out.roomInMs = count === 0 ? 0 : Math.max(0, entry(cell, first) + windowMs - now)
  out.used = cell.numbers[usedAt]!
  out.periodEnd = cell.numbers[periodEndAt]!
}

/** Forgets the requests that left the window: those of 60 s ago or more. */
function expire(cell: Cell, now: number): void {
  const { ints } = cell
  while (ints[countAt]! > 0 && entry(cell, 0) <= now - windowMs) ints[countAt]! -= 1
}

/** The time of the nth oldest request in the window. */
function entry({ ints, ring }: Cell, nth: number): number {
  const at = ints[headAt]! - ints[countAt]! + nth
  return ring[at < 0 ? at + ring.length : at]!
}

function lock(cell: Cell): void {
  // Held for well under a microsecond, and never across a wait.
  while (Atomics.compareExchange(cell.ints, lockAt, 0, 1) !== 0);
}

function unlock(cell: Cell): void {
  Atomics.store(cell.ints, lockAt, 0)
}
