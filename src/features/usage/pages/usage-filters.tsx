import { useTranslation } from 'react-i18next'
import { Form, Link, useSearchParams } from 'react-router'
import { FilterButtons } from '../../../ui/filter-buttons.tsx'
import { Select, TextField } from '../../../ui/form.tsx'
import type { FilterOption } from '../filter-options.ts'
import type { Period, PeriodForm } from './usage-period.ts'

const periods = ['day', 'week', 'month', 'current', 'previous'] satisfies Period[]

type UsageFiltersProps = {
  form: PeriodForm
  keyId: string
  route: string
  options: { keys: FilterOption[]; routes: FilterOption[] }
}

/** Chooses the period, or two dates, and the key and the endpoint. The address that it leads to can be shared. */
export function UsageFilters({ form, keyId, route, options }: UsageFiltersProps) {
  const { t } = useTranslation('usage')
  const { period, from, until } = form
  return (
    <div className="grid gap-4">
      <PeriodLinks period={period} />
      {/* A new address means new values: the fields are made anew for it. */}
      <Form
        method="get"
        key={[period, from, until, keyId, route].join('|')}
        className="grid items-end gap-3 sm:grid-cols-2 lg:grid-cols-[repeat(4,minmax(0,1fr))_auto]"
      >
        {period !== 'custom' && <input type="hidden" name="period" value={period} />}
        <TextField name="from" type="date" label={t('from')} defaultValue={from} />
        <TextField name="until" type="date" label={t('until')} defaultValue={until} />
        <Select
          name="key_id"
          label={t('key')}
          defaultValue={keyId}
          options={[{ value: '', label: t('allKeys') }, ...options.keys]}
        />
        <Select
          name="route"
          label={t('route')}
          defaultValue={route}
          options={[{ value: '', label: t('allRoutes') }, ...options.routes]}
        />
        <FilterButtons isFiltered={keyId !== '' || route !== '' || period === 'custom'} />
      </Form>
    </div>
  )
}

/** The periods that have a name; key and endpoint stay as they are. */
function PeriodLinks({ period }: { period: Period }) {
  const { t } = useTranslation('usage')
  const [search] = useSearchParams()
  const to = (name: Period) => {
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
