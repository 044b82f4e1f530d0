import { useTranslation } from 'react-i18next'
import { Form } from 'react-router'
import { FilterButtons } from '../../../ui/filter-buttons.tsx'
import { TextField } from '../../../ui/form.tsx'
import { PeriodLinks } from '../../../ui/period-links.tsx'
import type { PeriodForm } from '../../usage/usage-period.ts'

/** Chooses the period, or two dates. */
export function PeriodFilters({ form: { period, from, until } }: { form: PeriodForm }) {
  const { t } = useTranslation('usage')
  return (
    <>
      <PeriodLinks period={period} />
      {/* A new address means new values: the fields are made anew for it. */}
      <Form
        method="get"
        key={`${from}|${until}`}
        className="grid max-w-2xl items-end gap-3 sm:grid-cols-[1fr_1fr_auto]"
      >
        <TextField name="from" type="date" label={t('from')} defaultValue={from} />
        <TextField name="until" type="date" label={t('until')} defaultValue={until} />
        <FilterButtons isFiltered={period === 'custom'} />
      </Form>
    </>
  )
}
