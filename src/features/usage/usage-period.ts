import { AppError, type Sentence } from '../../core/errors.ts'
import { check } from '../../core/http/checked.ts'
import { getPeriod } from '../plans/plans.ts'
import { type Interval, UsageQuery } from './usage-input.ts'

export const periods = ['day', 'week', 'month', 'current', 'previous'] as const
export type Period = (typeof periods)[number] | 'custom'

/** What the usage page's address says: a period by name, or two dates, which win; the second is included. */
export type PeriodForm = { period: Period; from: string; until: string }

export type Asked = { form: PeriodForm; query: UsageQuery; problems: Sentence[] }

const dayMs = 86_400_000

/** The query behind the page's address. What cannot be read is left out and told as a problem. */
export function readUsageSearch(search: URLSearchParams, now: Date, zone: string): Asked {
  const from = search.get('from') ?? ''
  const until = search.get('until') ?? ''
  const named = periods.find((name) => name === search.get('period')) ?? 'month'
  const form = { period: from || until ? 'custom' : named, from, until } as const
  const filters = {
    key_id: search.get('key_id') || undefined,
    route: search.get('route') || undefined,
  }
  const found = check(UsageQuery, { ...toRange(form, now, zone), ...filters })
  if ('data' in found) return { form, query: found.data, problems: [] }
  const problems = new Map(found.error.details.errors?.map((error) => [error.message, error]))
  return {
    form,
    query: UsageQuery.parse(toRange({ ...form, period: 'month' }, now, zone)),
    problems: [...problems.values()],
  }
}

/**
 * What `read` makes of the query behind a page's address. A range that ends before it begins, or a
 * route that is none, gets what the plain page shows, with the reason.
 */
export async function readUsagePage<Usage>(
  search: URLSearchParams,
  now: Date,
  zone: string,
  read: (query: UsageQuery) => Promise<Usage>,
): Promise<Asked & { usage: Usage }> {
  const asked = readUsageSearch(search, now, zone)
  try {
    return { ...asked, usage: await read(asked.query) }
  } catch (error) {
    if (!(error instanceof AppError) || error.kind !== 'invalid') throw error
    const plain = readUsageSearch(new URLSearchParams(), now, zone)
    const problems = error.details.errors ?? [error.sentence]
    return { ...plain, problems, usage: await read(plain.query) }
  }
}

function toRange(
  { period, from, until }: PeriodForm,
  now: Date,
  zone: string,
): { from?: string; to?: string; interval: Interval } {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone)
  const daysAgo = (days: number) => today.subtract({ days }).toPlainDate().toString()
  if (period === 'day') {
    const yesterday = new Date(now.getTime() - dayMs)
    return { from: yesterday.toISOString(), interval: 'hour' }
  }
  if (period === 'week') return { from: daysAgo(6), interval: 'day' }
  if (period === 'month') return { from: daysAgo(29), interval: 'day' }
  const current = getPeriod(now)
  if (period === 'current') return { from: current.start.toISOString(), interval: 'day' }
  if (period === 'previous') {
    const previous = getPeriod(new Date(current.start.getTime() - 1))
    return {
      from: previous.start.toISOString(),
      to: previous.end.toISOString(),
      interval: 'day',
    }
  }
  return { ...toDates(from, until, today), interval: intervalOf(from, until, today) }
}

/** `until` belongs to the range: it ends with the day after. */
function toDates(from: string, until: string, today: Temporal.ZonedDateTime) {
  return {
    from: from || today.subtract({ days: 29 }).toPlainDate().toString(),
    to: isDate(until)
      ? Temporal.PlainDate.from(until).add({ days: 1 }).toString()
      : until || undefined,
  }
}

function intervalOf(from: string, until: string, today: Temporal.ZonedDateTime): Interval {
  if (!isDate(from)) return 'day'
  const last = isDate(until) ? Temporal.PlainDate.from(until) : today.toPlainDate()
  const { days } = Temporal.PlainDate.from(from).until(last, { largestUnit: 'days' })
  if (days < 2) return 'hour'
  return days <= 92 ? 'day' : days <= 700 ? 'week' : 'month'
}

function isDate(text: string): boolean {
  return UsageQuery.shape.from.safeParse(text).success && !text.includes('T')
}
