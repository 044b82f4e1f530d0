import { useTranslation } from 'react-i18next'
import { BarChart } from './chart.tsx'
import { useFormat } from './format.ts'

type Row = {
  start: string
  requests: number
  errors: number
  errors_4xx: number
  errors_5xx: number
}

/** Requests over time, what failed on top. */
export function RequestChart({
  title,
  series,
  isByHour = false,
}: {
  title: string
  series: Row[]
  isByHour?: boolean
}) {
  const { t } = useTranslation('usage')
  const format = useFormat()
  const label = isByHour ? format.hour : format.day
  const bars = series.map((row) => ({
    label: label(row.start),
    parts: [row.requests - row.errors, row.errors_4xx, row.errors_5xx],
  }))
  const parts = [
    { name: t('ok'), className: 'fill-brand' },
    { name: t('failed4xx'), className: 'fill-warn', isStriped: true },
    { name: t('failed5xx'), className: 'fill-bad' },
  ]
  return <BarChart title={title} bars={bars} parts={parts} />
}
