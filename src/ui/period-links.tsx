import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'react-router'

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
  return (
    <nav aria-label={t('periodsLabel')} className="flex flex-wrap gap-1">
      {periods.map((name) => (
        <Link
          key={name}
          to={to(name)}
          aria-current={name === period ? 'page' : undefined}
          className={`rounded-lg px-3 py-1.5 font-medium ${name === period ? 'bg-n4 text-n12' : 'text-n11 hover:bg-n3'}`}
        >
          {t(`periods.${name}`)}
        </Link>
      ))}
    </nav>
  )
}
