import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../ui/format.ts'
import { Badge } from '../../../ui/notice.tsx'
import type { DeliveryJson, EndpointJson } from '../webhook-json.ts'

type WebhookStateProps = {
  webhook: EndpointJson
  /** Says since when it fails, where nothing else does. */
  hasTime?: boolean
}

export function WebhookState({ webhook, hasTime = false }: WebhookStateProps) {
  const { t } = useTranslation('webhooks')
  const format = useFormat()
  const { enabled, disabled_reason: reason, failing_since: since } = webhook
  if (!enabled)
    return (
      <Badge tone={reason ? 'bad' : 'neutral'}>{t(reason ? `off.${reason}` : 'off.chosen')}</Badge>
    )
  if (!since) return <Badge tone="ok">{t('on')}</Badge>
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1">
      <Badge tone="warn">{t('failing')}</Badge>
      {hasTime && <span className="text-n11">{t('since', { time: format.moment(since) })}</span>}
    </span>
  )
}

/** Which events a webhook is told. */
export function WebhookEvents({ webhook: { is_alerts, events } }: { webhook: EndpointJson }) {
  const { t } = useTranslation('webhooks')
  const { t: notices } = useTranslation('notices')
  if (is_alerts) return t('bySeverity')
  if (events.includes('*')) return t('allEvents')
  return events.length === 1
    ? notices(`kind.${events[0]}` as 'kind.key.created')
    : t('someEvents', { count: events.length })
}

const tones = { delivered: 'ok', pending: 'info', retrying: 'warn', failed: 'bad' } as const

type DeliveryStateProps = { delivery: DeliveryJson; now: number }

/** Where a delivery stands and, while it goes on, when it is tried again. */
export function DeliveryState({ delivery, now }: DeliveryStateProps) {
  const { t } = useTranslation('webhooks')
  const format = useFormat()
  const { status, attempts, next_attempt_at: next } = delivery
  const state = status === 'pending' && attempts.length > 0 ? 'retrying' : status
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1">
      <Badge tone={tones[state]}>{t(`status.${state}`)}</Badge>
      {state === 'retrying' && next && (
        <time dateTime={next} title={format.dateTime(next)} className="text-n11">
          {format.relative(next, now)}
        </time>
      )}
    </span>
  )
}

/** What an attempt came to, in a word or as the status of the answer. */
export function AttemptResult({ attempt }: { attempt?: DeliveryJson['attempts'][number] }) {
  const { t } = useTranslation('webhooks')
  if (!attempt) return <>–</>
  if (attempt.failure) return <>{t(`failure.${attempt.failure}`)}</>
  const isRedirect = attempt.status! >= 300 && attempt.status! < 400
  return <>{isRedirect ? t('redirect', { status: attempt.status }) : attempt.status}</>
}
