import { useTranslation } from 'react-i18next'
import { Badge } from '../../../ui/notice.tsx'
import type { DeliveryJson, EndpointJson } from '../webhook-json.ts'

export function WebhookState({ webhook }: { webhook: EndpointJson }) {
  const { t } = useTranslation('webhooks')
  if (!webhook.enabled) {
    const reason = webhook.disabled_reason
    return (
      <Badge tone={reason ? 'bad' : 'neutral'}>{t(reason ? `off.${reason}` : 'off.chosen')}</Badge>
    )
  }
  return webhook.failing_since ? (
    <Badge tone="warn">{t('failing')}</Badge>
  ) : (
    <Badge tone="ok">{t('on')}</Badge>
  )
}

const tones = { delivered: 'ok', pending: 'info', failed: 'bad' } as const

export function DeliveryState({ status }: { status: DeliveryJson['status'] }) {
  const { t } = useTranslation('webhooks')
  return <Badge tone={tones[status]}>{t(`status.${status}`)}</Badge>
}

/** What an attempt came to, in a word or as the status of the answer. */
export function AttemptResult({ attempt }: { attempt?: DeliveryJson['attempts'][number] }) {
  const { t } = useTranslation('webhooks')
  if (!attempt) return <>–</>
  if (attempt.failure) return <>{t(`failure.${attempt.failure}`)}</>
  const isRedirect = attempt.status! >= 300 && attempt.status! < 400
  return <>{isRedirect ? t('redirect', { status: attempt.status }) : attempt.status}</>
}
