import { useMemo } from 'react'
import { useShell } from './shell.ts'

export type Format = ReturnType<typeof createFormat>

/** Numbers, sizes, money and times as the reader's language and time zone write them. */
export function createFormat(locale: string, timeZone: string) {
  const number = new Intl.NumberFormat(locale)
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 })
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
  const change = new Intl.NumberFormat(locale, {
    ...{ style: 'percent', maximumFractionDigits: 1, signDisplay: 'exceptZero' },
  })
  const date = new Intl.DateTimeFormat(locale, {
    timeZone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  })
  // 9:05 AM, and 09:05 where the day has 24 hours.
  const hourDigits = locale === 'en' ? 'numeric' : '2-digit'
  const day = new Intl.DateTimeFormat(locale, { timeZone, day: 'numeric', month: 'short' })
  const dateTime = new Intl.DateTimeFormat(locale, {
    timeZone,
    day: 'numeric',
    month: 'short',
    hour: hourDigits,
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  })
  const moment = new Intl.DateTimeFormat(locale, {
    timeZone,
    day: 'numeric',
    month: 'short',
    hour: hourDigits,
    minute: '2-digit',
    timeZoneName: 'short',
  })
  const hour = new Intl.DateTimeFormat(locale, {
    timeZone,
    day: 'numeric',
    month: 'short',
    hour: hourDigits,
    minute: '2-digit',
  })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' })
  const list = new Intl.ListFormat(locale, { type: 'conjunction' })
  const bytes = (value: number) => {
    const step = value < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(value) / 3))
    const format = new Intl.NumberFormat(locale, {
      ...{ style: 'unit', unit: byteUnits[step], unitDisplay: step === 0 ? 'long' : 'short' },
      maximumFractionDigits: 1,
    })
    return format.format(value / 1000 ** step)
  }
  return {
    /** `a, b and c` */
    list: (values: string[]) => list.format(values),
    number: (value: number) => number.format(value),
    compact: (value: number) => compact.format(value),
    /** Of a share between 0 and 1. */
    percent: (value: number) => share.format(value),
    /** Of a share, with its sign. */
    change: (value: number) => change.format(value),
    bytes,
    /** What is used of a limit in its unit, such as `18` and `25 GB`, or `8 MB` and `10 MB`. */
    amounts: (used: number, limit: number, unit: string) =>
      unit === 'bytes'
        ? { used: bytes(used), limit: bytes(limit) }
        : { used: number.format(used), limit: `${number.format(limit)} ${unit}` },
    /** Of milliseconds. */
    duration: (ms: number | null) => {
      if (ms === null) return '–'
      const digits = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 })
      return ms < 1000 ? `${digits.format(ms)} ms` : `${digits.format(ms / 1000)} s`
    },
    /** Of minor units. */
    money: (amount: number, currency: string) => {
      const format = new Intl.NumberFormat(locale, { style: 'currency', currency })
      const digits = format.resolvedOptions().maximumFractionDigits ?? 2
      return format.format(amount / 10 ** digits)
    },
    date: (value: string | Date) => date.format(new Date(value)),
    day: (value: string | Date) => day.format(new Date(value)),
    hour: (value: string | Date) => hour.format(new Date(value)),
    /** To the minute, with the zone. */
    moment: (value: string | Date) => moment.format(new Date(value)),
    /** To the second, with the zone. */
    dateTime: (value: string | Date) => dateTime.format(new Date(value)),
    relative: (value: string | Date, now: number) => {
      const seconds = (new Date(value).getTime() - now) / 1000
      const [unit, size] =
        relativeUnits.find(([, limit]) => Math.abs(seconds) >= limit) ?? (['second', 1] as const)
      return relative.format(Math.round(seconds / size), unit)
    },
  }
}

const byteUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte']

const relativeUnits = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

export function useFormat(): Format {
  const { locale, timeZone } = useShell()
  return useMemo(() => createFormat(locale, timeZone), [locale, timeZone])
}
