import type { TFunction } from 'i18next'
import type { Format } from './format.ts'

export type NoticeToSay = { type: string; data: Record<string, unknown> }

export type NoticeWords = {
  title: string
  text: string
  /** Where to look, below the portal's base path. */
  path: string
}

/** A notice in its reader's words, the same in the portal, in a mail and elsewhere. */
export function sayNotice(
  t: TFunction<'notices'>,
  format: Format,
  notice: NoticeToSay,
): NoticeWords {
  const { type, data } = notice
  const params: Record<string, string> = {}
  for (const [name, value] of Object.entries(data)) params[name] = write(format, name, value)
  let context = data.reason
  if (type.startsWith('quota.')) {
    params.name = t(`meter.${data.meter as 'api_requests'}`, { defaultValue: params.name ?? '' })
    // Requests have words of their own. A level does not begin anew with the period.
    if (data.meter !== 'api_requests' && data.kind) {
      context = data.kind
      const { used, limit, unit } = data
      Object.assign(params, format.amounts(Number(used), Number(limit), String(unit)))
    }
  }
  const say = (part: 'title' | 'text') =>
    t(`type.${type}.${part}` as 'type.key.created.title', { context: context as string, ...params })
  return { title: say('title'), text: say('text'), path: pathOf(notice) }
}

function write(format: Format, name: string, value: unknown): string {
  if (typeof value === 'number') return format.number(value)
  if (value && typeof value === 'object' && 'name' in value) return String(value.name)
  if (name.endsWith('_at')) return format.moment(String(value))
  return value === null || value === undefined ? '–' : String(value)
}

function pathOf({ type, data }: NoticeToSay): string {
  const [area] = type.split('.')
  if (area === 'account') return '/settings/security'
  if (area === 'key') return `/keys/${data.key_id}`
  if (area === 'quota') return '/usage'
  if (area === 'slack') return '/settings/alerts'
  if (area === 'webhook') return `/webhooks/${data.endpoint_id}`
  return '/'
}
