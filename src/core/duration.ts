import { AppError } from './errors.ts'

const units: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 }

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
