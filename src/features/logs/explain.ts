import type { Locale } from '../../core/http/page-context.ts'
import type { RequestLogRow } from '../usage/schema.ts'
import { en, type Facts, fr, type Words } from './explanations.ts'
import type { Explanation } from './log-json.ts'

export type Reader = { locale: Locale; timeZone: string }

const languages: Record<Locale, Words> = { en, fr }

/** What went wrong with a request, in words of the reader's language and time; null when nothing did. */
export function explain(row: RequestLogRow, reader: Reader): Explanation | null {
  const topic = topicOf(row)
  if (topic === null) return null
  const words = languages[reader.locale]
  const { text, remedies } = (words[topic] ?? words.other!)(toFacts(row, reader))
  const { decision } = row
  return {
    code: row.errorCode,
    rule: decision?.rule ?? (row.outcome === 'interrupted' ? 'gateway' : 'upstream'),
    text,
    limit: decision?.limit ?? null,
    used: decision?.used ?? null,
    resets_at: decision?.resetsAt === undefined ? null : new Date(decision.resetsAt).toISOString(),
    remedies,
  }
}

/** Which explanation fits. Limits are explained by the rule: a key's own is lifted otherwise than the plan's. */
function topicOf({ outcome, status, errorCode, decision }: RequestLogRow): string | null {
  if (outcome === 'interrupted') return 'interrupted'
  if (errorCode === 'rate_limit_exceeded' || errorCode === 'quota_exceeded') {
    return decision?.rule ?? errorCode
  }
  if (errorCode !== null) return errorCode
  if (status === 499) return 'client_left'
  if (status >= 500) return 'answered_5xx'
  return status >= 400 ? 'answered_4xx' : null
}

function toFacts(row: RequestLogRow, { locale, timeZone }: Reader): Facts {
  const { decision } = row
  const number = new Intl.NumberFormat(locale)
  const time = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'long', timeZone })
  return {
    status: row.status,
    key: `${row.keyPrefix}…`,
    limit: number.format(decision?.limit ?? 0),
    used: number.format(decision?.used ?? 0),
    resetsAt: decision?.resetsAt === undefined ? null : time.format(decision.resetsAt),
    subject: decision?.subject ?? '',
    seconds: number.format(Math.round(row.latencyUs / 100_000) / 10),
  }
}
