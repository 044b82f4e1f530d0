import { useTranslation } from 'react-i18next'
import { ExportLinks } from '../../../ui/export-links.tsx'
import { useFormat } from '../../../ui/format.ts'
import { useMeterText } from '../../../ui/meter-text.ts'
import { Stat } from '../../../ui/stat.tsx'
import type { MeterSeries, UsageJson } from '../usage-json.ts'

/** What the operator's meters counted in the chosen period, meter by meter. Nothing where there are no such meters. */
export function MeterStats({ usage }: { usage: UsageJson }) {
  const { t } = useTranslation('usage')
  const { from, to, interval } = usage.range
  if (usage.meter_series.length === 0) return null
  return (
    <section className="grid gap-4">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h2 className="font-semibold text-[15px]">{t('byMeter')}</h2>
        <ExportLinks path="/api/portal/usage/meters/export" query={{ from, to, interval }} />
      </div>
      <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
        {usage.meter_series.map((meter) => (
          <MeterStat key={meter.key} meter={meter} />
        ))}
      </div>
    </section>
  )
}

function MeterStat({ meter }: { meter: MeterSeries }) {
  const { t } = useTranslation('usage')
  const format = useFormat()
  const write = useMeterText()
  const { name, kind, unit, used, max, series } = meter
  const detail =
    kind === 'gauge' ? t('levelDetail', { max: format.number(max ?? used), unit }) : t('sumDetail')
  return (
    <Stat label={name} value={write(meter)} detail={detail} trend={series.map((row) => row.used)} />
  )
}
