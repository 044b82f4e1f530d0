import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../ui/format.ts'
import { Notice, type Tone } from '../../../ui/notice.tsx'
import type { Alert } from '../alerts.ts'

const tones: Record<Alert['severity'], Tone> = { info: 'info', warning: 'warn', critical: 'bad' }

/** What needs attention, each with the way to it. */
export function Alerts({ alerts }: { alerts: Alert[] }) {
  const { t } = useTranslation('home')
  if (alerts.length === 0) return null
  return (
    <section aria-label={t('alerts')} className="grid gap-3">
      {alerts.map((alert) => (
        <Notice key={keyOf(alert)} tone={tones[alert.severity]}>
          <AlertText alert={alert} />
        </Notice>
      ))}
    </section>
  )
}

function keyOf(alert: Alert): string {
  if ('key_id' in alert) return alert.key_id
  return 'meter' in alert ? alert.meter : alert.code
}

function AlertText({ alert }: { alert: Alert }) {
  const { t } = useTranslation('home')
  const format = useFormat()
  const link = (to: string, label: string) => (
    <Link to={to} className="link whitespace-nowrap">
      {label}
    </Link>
  )
  switch (alert.code) {
    case 'quota_exhausted':
      return (
        <>
          {t('alert.quotaExhausted', { date: format.moment(alert.resets_at) })}{' '}
          {link('/usage', t('alert.seeUsage'))}
        </>
      )
    case 'quota_warning': {
      const percent = format.percent(alert.percent / 100)
      return (
        <>
          {t('alert.quotaWarning', { percent, date: format.moment(alert.resets_at) })}{' '}
          {link('/usage', t('alert.seeUsage'))}
        </>
      )
    }
    case 'quota_forecast':
      return (
        <>
          {t('alert.quotaForecast', { date: format.day(alert.reaches_limit_at) })}{' '}
          {link('/usage', t('alert.seeUsage'))}
        </>
      )
    case 'meter_exhausted':
    case 'meter_warning': {
      const { meter, used, limit, unit } = alert
      const name = t(`meter.${meter as 'data_transfer'}`, { defaultValue: alert.name })
      const amounts = format.amounts(used, limit, unit)
      const words = alert.code === 'meter_exhausted' ? 'alert.meterExhausted' : 'alert.meterWarning'
      return (
        <>
          {t(words, { name, ...amounts })} {link('/usage', t('alert.seeUsage'))}
        </>
      )
    }
    case 'key_expiring': {
      const { key_id, name, expires_at } = alert
      return (
        <>
          {t('alert.keyExpiring', { name, date: format.moment(expires_at) })}{' '}
          {link(`/keys/${key_id}`, t('alert.seeKey'))}
        </>
      )
    }
    case 'rate_limited':
      return (
        <>
          {t('alert.rateLimited', {
            count: alert.requests,
            requests: format.number(alert.requests),
          })}{' '}
          {link('/logs?status=429', t('alert.seeRequests'))}
        </>
      )
  }
}
