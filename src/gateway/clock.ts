/** Milliseconds of a clock that never steps back and is the same in every thread of the process. */
export function monotonicNow(): number {
  return offset + performance.now()
}

// Each thread's `performance.now()` counts from its own start; the system's clock ties them together.
const offset = Number(process.hrtime.bigint() / 1000n) / 1000 - performance.now()
