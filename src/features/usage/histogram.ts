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

/**
 * A histogram as PostgreSQL reads it, without the empty bins before the first: `[31:33]={4,0,2}`.
 * Most begin at some thirty, and each bin costs time whenever it is added up or written.
 */
export function writeBins(bins: Bins): string {
  const first = bins.findIndex((count) => count > 0)
  if (first === -1) return '{}'
  return `[${first + 1}:${bins.length}]={${bins.slice(first).join(',')}}`
}

/** Adds up histograms as PostgreSQL writes them, one behind the other: `{1,0,2}[31:33]={4,0,2}`. */
export function sumBins(text: string): Bins {
  const bins: Bins = []
  let number = 0
  let bin = 0
  let first = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code >= zero && code <= nine) {
      number = number * 10 + code - zero
      continue
    }
    if (code === comma || code === closing) {
      if (number > 0) {
        while (bins.length <= bin) bins.push(0)
        bins[bin]! += number
      }
      bin += 1
      if (code === closing) first = 0
    } else if (code === colon) first = number - 1
    else if (code === opening) bin = first
    number = 0
  }
  return bins
}
const [zero, nine, colon, comma, opening, closing] = [48, 57, 58, 44, 123, 125]

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
