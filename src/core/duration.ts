import { AppError } from './errors.ts'

const units: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** The moment a command means: a day, which begins in UTC, a duration from `now`, or a time as it is. */
export function toMoment(text: string, now: Date = new Date()): string {
  const time = text.trim()
  if (/^\d{4}-\d\d-\d\d$/.test(time)) return `${time}T00:00:00Z`
  if (!/^\d+[smhd]$/.test(time)) return time
  return new Date(now.getTime() + toSeconds(time) * 1000).toISOString()
}

/** Seconds of a duration such as `90s`, `24h` or `7d`; a bare number is seconds. */
export function toSeconds(text: string): number {
  const [, amount, unit = 's'] = /^(\d+)([smhd]?)$/.exec(text.trim()) ?? []
  const size = units[unit || 's']
  if (amount !== undefined && size !== undefined) return Number(amount) * size
  throw new AppError(
    'invalid',
    'validation_error',
    `"${text}" is not a duration. Use 90s, 30m, 24h or 7d.`,
  )
}
