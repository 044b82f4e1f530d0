import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { ViewLinks } from './view-links.tsx'

const periods = ['day', 'week', 'month', 'current', 'previous'] as const

/** The periods that have a name, as links; what else the address says stays as it is. */
export function PeriodLinks({ period }: { period: string }) {
  const { t } = useTranslation('usage')
  const [search] = useSearchParams()
  const to = (name: string) => {
    const next = new URLSearchParams(search)
    for (const field of ['from', 'until']) next.delete(field)
    next.set('period', name)
    return `?${next}`
  }
  const views = periods.map((name) => ({
    to: to(name),
    label: t(`periods.${name}`),
    isCurrent: name === period,
  }))
  return <ViewLinks label={t('periodsLabel')} views={views} />
}
