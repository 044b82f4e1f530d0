import { useTranslation } from 'react-i18next'
import { Form, Link } from 'react-router'
import { Button } from '../../../ui/button.tsx'
import { Select, TextField } from '../../../ui/form.tsx'
import type { FilterOption } from '../filter-options.ts'
import type { Period, PeriodForm } from './usage-period.ts'

const periods = ['day', 'week', 'month', 'current', 'previous', 'custom'] satisfies Period[]

type UsageFiltersProps = {
  form: PeriodForm
  keyId: string
  route: string
  options: { keys: FilterOption[]; routes: FilterOption[] }
}

/** Chooses the period, the key and the endpoint. The address that it leads to can be shared. */
export function UsageFilters({ form, keyId, route, options }: UsageFiltersProps) {
  const { t } = useTranslation('usage')
  // A new address means new values: the fields are made anew for it.
  const id = [form.period, form.from, form.until, keyId, route].join('|')
  return (
    <Form method="get" key={id} className="grid gap-3">
      <div className="grid items-end gap-3 sm:grid-cols-2 lg:grid-cols-[repeat(5,minmax(0,1fr))_auto]">
        <Select
          name="period"
          label={t('period')}
          defaultValue={form.period}
          options={periods.map((name) => ({ value: name, label: t(`periods.${name}`) }))}
        />
        <TextField name="from" type="date" label={t('from')} defaultValue={form.from} />
        <TextField name="until" type="date" label={t('until')} defaultValue={form.until} />
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
        <Button look="secondary">{t('apply')}</Button>
      </div>
      <p className="flex flex-wrap gap-x-4 gap-y-1 text-[13px] text-n11">
        {t('datesHint')}
        {(keyId || route || form.period !== 'month') && (
          <Link to="?" className="underline-offset-2 hover:underline">
            {t('reset')}
          </Link>
        )}
      </p>
    </Form>
  )
}
