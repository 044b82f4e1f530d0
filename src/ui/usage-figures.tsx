import { useTranslation } from 'react-i18next'
import { useFormat } from './format.ts'
import { Stat } from './stat.tsx'

type Figures = {
  requests: number
  refused: number
  errors: number
  bytes_in: number
  bytes_out: number
  latency_ms: { p50: number | null; p95: number | null; p99: number | null }
}

type Props = { usage: { totals: Figures; series: Figures[]; previous: { totals: Figures } } }

/** A period in four figures, each with what it was in the period before. */
export function UsageFigures({ usage: { totals, series, previous } }: Props) {
  const { t } = useTranslation('usage')
  const format = useFormat()
  const before = previous.totals
  const { requests, refused, errors, latency_ms, bytes_in, bytes_out } = totals
  const rateOf = (figures: Figures) =>
    figures.requests === 0 ? null : figures.errors / figures.requests
  const rate = rateOf(totals)
  const rateBefore = rateOf(before)
  return (
    <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-4">
      <Stat
        label={t('requests')}
        value={format.number(requests)}
        detail={t('refused', { refused: format.number(refused) })}
        trend={series.map((row) => row.requests)}
      >
        <Before now={requests} before={before.requests} text={format.number(before.requests)} />
      </Stat>
      <Stat
        label={t('errorRate')}
        value={rate === null ? '–' : format.percent(rate)}
        detail={t('errorsOf', { errors: format.number(errors), total: format.number(requests) })}
        trend={series.map((row) => row.errors)}
      >
        {rateBefore !== null && <Was text={format.percent(rateBefore)} />}
      </Stat>
      <Stat
        label={t('p95')}
        value={format.duration(latency_ms.p95)}
        detail={t('latencyOthers', {
          p50: format.duration(latency_ms.p50),
          p99: format.duration(latency_ms.p99),
        })}
        trend={series.map((row) => row.latency_ms.p95 ?? 0)}
      >
        {before.latency_ms.p95 !== null && <Was text={format.duration(before.latency_ms.p95)} />}
      </Stat>
      <Stat
        label={t('data')}
        value={format.bytes(bytes_in + bytes_out)}
        detail={t('dataSplit', { sent: format.bytes(bytes_in), received: format.bytes(bytes_out) })}
        trend={series.map((row) => row.bytes_in + row.bytes_out)}
      >
        <Before
          now={bytes_in + bytes_out}
          before={before.bytes_in + before.bytes_out}
          text={format.bytes(before.bytes_in + before.bytes_out)}
        />
      </Stat>
    </div>
  )
}

type BeforeProps = { now: number; before: number; text: string }

/** How much more or less than in the period before, and what it was. */
function Before({ now, before, text }: BeforeProps) {
  const { t } = useTranslation('usage')
  const format = useFormat()
  if (before === 0) return null
  // From little to much is no change that a percentage tells.
  if (now > 10 * before) return <Was text={text} />
  const change = format.change(now / before - 1)
  return <p className="text-[13px] text-n11">{t('change', { change, before: text })}</p>
}

function Was({ text }: { text: string }) {
  const { t } = useTranslation('usage')
  return <p className="text-[13px] text-n11">{t('before', { before: text })}</p>
}
