import { useTranslation } from 'react-i18next'
import { Form } from 'react-router'
import { FilterButtons } from '../../../ui/filter-buttons.tsx'
import { Select, TextField } from '../../../ui/form.tsx'
import { PeriodLinks } from '../../../ui/period-links.tsx'
import type { FilterOption } from '../filter-options.ts'
import type { PeriodForm } from '../usage-period.ts'

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
        className="grid items-end gap-3 min-[360px]:grid-cols-2 lg:grid-cols-[repeat(4,minmax(0,1fr))_auto]"
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
