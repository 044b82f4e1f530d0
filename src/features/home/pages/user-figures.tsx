import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../ui/format.ts'
import { Meter, Stat } from '../../../ui/stat.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import type { UsageJson } from '../../usage/usage-json.ts'

type UserFiguresProps = { usage: UsageJson; lastActiveAt: string | null; now: number }

/** Is this customer within the limits, and is all well with them? */
export function UserFigures({ usage, lastActiveAt, now }: UserFiguresProps) {
  const { t } = useTranslation('customers')
  const { t: home } = useTranslation('home')
  const format = useFormat()
  const { quota, totals, series } = usage
  const used = format.number(quota.used)
  const ofLimit =
    quota.limit === null ? used : home('ofLimit', { used, limit: format.number(quota.limit) })
  const resets = home('resets', { date: format.day(quota.resets_at) })
  const reaches = quota.forecast?.reaches_limit_at
  return (
    <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-4">
      <Stat
        label={home('thisMonth')}
        value={ofLimit}
        detail={reaches ? home('reachesOn', { resets, date: format.day(reaches) }) : resets}
      >
        {quota.limit !== null && <Meter value={quota.used} max={quota.limit} label={ofLimit} />}
      </Stat>
      <Stat
        label={t('requests30')}
        value={format.number(totals.requests)}
        detail={t('refused30', { number: format.number(totals.refused) })}
        trend={series.map((row) => row.requests)}
      />
      <Stat
        label={home('errorRate')}
        value={totals.requests === 0 ? '–' : format.percent(totals.errors / totals.requests)}
        detail={home('errorsOf', {
          errors: format.number(totals.errors),
          total: format.number(totals.requests),
        })}
        trend={series.map((row) => row.errors)}
      />
      <Stat
        label={t('lastActive')}
        value={<RelativeTime value={lastActiveAt} now={now} fallback={t('never')} />}
        detail={t('lastActiveHint')}
      />
    </div>
  )
}
