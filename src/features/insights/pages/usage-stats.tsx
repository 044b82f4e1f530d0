import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../ui/format.ts'
import { Stat } from '../../../ui/stat.tsx'
import { UsageFigures } from '../../../ui/usage-figures.tsx'
import type { AdminUsageJson } from '../../usage/usage-json.ts'
import type { PortalAnalytics } from '../analytics-portal.ts'

/** The period in four figures, and the portal's last thirty days in four more. */
export function UsageStats({ usage, portal }: { usage: AdminUsageJson; portal: PortalAnalytics }) {
  const { t } = useTranslation('insights')
  const format = useFormat()
  const { active_users, keys, docs, upgrades } = portal
  const today = format.number(active_users.dau)
  const number = format.number(keys.per_day)
  const rate = upgrades.rate === null ? null : format.percent(upgrades.rate)
  return (
    <div className="grid gap-4">
      <UsageFigures usage={usage} />
      <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-4">
        <Stat
          label={t('activeUsers')}
          value={format.number(active_users.mau)}
          detail={t('activeToday', { today })}
        />
        <Stat
          label={t('keysCreated')}
          value={format.number(keys.created)}
          detail={t('keysPerDay', { number })}
        />
        <Stat label={t('docsViews')} value={format.number(docs.views)} detail={t('last30')} />
        <Stat
          label={t('upgrades')}
          value={format.number(upgrades.conversions)}
          detail={rate === null ? t('last30') : t('upgradeRate', { rate })}
        />
      </div>
    </div>
  )
}
