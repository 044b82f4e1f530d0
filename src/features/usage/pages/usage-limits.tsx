import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../ui/format.ts'
import { useMeterText } from '../../../ui/meter-text.ts'
import { Card } from '../../../ui/page.tsx'
import { Meter } from '../../../ui/stat.tsx'
import type { UsageJson } from '../usage-json.ts'

type Props = { usage: UsageJson }

/** Am I within my limits? In words, with the pace. */
export function QuotaSentence({ usage }: Props) {
  const { t } = useTranslation('usage')
  const format = useFormat()
  const { limit, used, resets_at, forecast } = usage.quota
  const parts = [
    limit === null
      ? t('usedUnlimited', { used: format.number(used) })
      : t('used', { used: format.number(used), limit: format.number(limit) }),
    t('resets', { date: format.moment(resets_at) }),
  ]
  if (limit !== null && used >= limit) parts.push(t('full'))
  else if (forecast?.reaches_limit_at) {
    parts.push(t('reaches', { date: format.date(forecast.reaches_limit_at) }))
  } else if (forecast) parts.push(t('projected', { total: format.number(forecast.projected) }))
  return <p className="font-medium text-[15px]">{parts.join(' · ')}</p>
}

/** Each meter against its limit, and the rate of this minute. */
export function Limits({ usage }: Props) {
  const { t } = useTranslation('usage')
  const format = useFormat()
  const write = useMeterText()
  const { limit_per_minute, current_per_minute } = usage.rate
  const rate = format.number(current_per_minute)
  const rateText =
    limit_per_minute === null
      ? t('perMinuteUnlimited', { used: rate })
      : t('perMinute', { used: rate, limit: format.number(limit_per_minute) })
  return (
    <Card title={t('meters')}>
      <QuotaSentence usage={usage} />
      <dl className="mt-4 grid gap-x-8 gap-y-4 sm:grid-cols-3">
        {usage.meters.map((meter) => {
          const { key, name, used, limit } = meter
          const label = t(`meter.${key as 'api_requests'}`, { defaultValue: name })
          const unit = key === 'api_requests' ? undefined : meter.unit
          const text = write({ ...meter, unit })
          return <Limit key={key} label={label} text={text} used={used} limit={limit} />
        })}
        <Limit
          label={t('rate')}
          text={rateText}
          used={current_per_minute}
          limit={limit_per_minute}
        />
      </dl>
    </Card>
  )
}

type LimitProps = { label: string; text: string; used: number; limit: number | null }

function Limit({ label, text, used, limit }: LimitProps) {
  return (
    <div>
      <dt className="text-[13px] text-n11">{label}</dt>
      <dd className="tabular-nums">
        {text}
        {limit !== null && <Meter value={used} max={limit} label={`${label}: ${text}`} />}
      </dd>
    </div>
  )
}
