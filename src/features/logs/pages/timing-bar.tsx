import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../ui/format.ts'

/** Where the time of a request went: until the API began to answer, and the rest. */
export function TimingBar({ totalMs, upstreamMs }: { totalMs: number; upstreamMs: number | null }) {
  const { t } = useTranslation('usage')
  const format = useFormat()
  const total = format.duration(totalMs)
  if (upstreamMs === null) return <p>{t('timingRefused', { total })}</p>
  const restMs = Math.max(0, totalMs - upstreamMs)
  const share = totalMs > 0 ? Math.min(100, (upstreamMs / totalMs) * 100) : 0
  const text = t('timingAbout', {
    total,
    upstream: format.duration(upstreamMs),
    rest: format.duration(restMs),
  })
  return (
    <figure className="grid gap-2">
      <svg
        role="img"
        aria-label={text}
        viewBox="0 0 100 8"
        preserveAspectRatio="none"
        className="block h-3 w-full"
      >
        <rect width="100" height="8" className="fill-n6" />
        <rect width={share} height="8" className="fill-brand" />
      </svg>
      <figcaption className="flex flex-wrap justify-between gap-x-4 text-[13px] text-n11 tabular-nums">
        <span>
          {t('timingUpstream')}{' '}
          <b className="font-medium text-n12">{format.duration(upstreamMs)}</b>
        </span>
        <span>
          {t('timingRest')} <b className="font-medium text-n12">{format.duration(restMs)}</b>
        </span>
      </figcaption>
      <p className="sr-only">{text}</p>
    </figure>
  )
}
