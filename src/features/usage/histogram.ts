/**
 * Latency histograms that can be added up: counts in bins whose bounds grow by 10 %, so that a
 * percentile read from any sum of them is off by at most 5 % (the scheme of DDSketch: Masson, Rim,
 * Lee, 2019). Bin 0 holds all up to 0.1 ms; the last one all over about 40 minutes.
 */
const gamma = 1.1
const smallestMs = 0.1
const lastBin = 179
const logGamma = Math.log(gamma)

export type Bins = number[]

export function binOf(ms: number): number {
  if (ms <= smallestMs) return 0
  return Math.min(lastBin, Math.ceil(Math.log(ms / smallestMs) / logGamma))
}

/** Counts one more in its bin; the list grows as far as needed. */
export function addToBins(bins: Bins, ms: number): void {
  const bin = binOf(ms)
  while (bins.length <= bin) bins.push(0)
  bins[bin]! += 1
}

/** Adds up histograms as PostgreSQL writes them, one behind the other: `{1,0,2}{0,3}`. */
export function sumBins(text: string): Bins {
  const bins: Bins = []
  let bin = 0
  let count = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code >= zero && code <= nine) {
      count = count * 10 + code - zero
      continue
    }
    if (code === opening) bin = 0
    else {
      bins[bin] = (bins[bin] ?? 0) + count
      bin += 1
    }
    count = 0
  }
  return bins
}
const [zero, nine, opening] = [48, 57, 123]

/** The value, in milliseconds, that the share `p` (0 to 1) of all is at or below; null when there are none. */
export function percentile(bins: Bins, p: number): number | null {
  const total = bins.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  const rank = Math.max(1, Math.ceil(total * p))
  let seen = 0
  const bin = bins.findIndex((count) => {
    seen += count
    return seen >= rank
  })
  if (bin === 0) return smallestMs
  // Between the bin's bounds, where the error to either is the same.
  return round((2 * smallestMs * gamma ** bin) / (1 + gamma))
}

function round(ms: number): number {
  return ms >= 100 ? Math.round(ms) : Math.round(ms * 100) / 100
}
