import { useTranslation } from 'react-i18next'
import { Form, Link } from 'react-router'
import { Button } from '../../../ui/button.tsx'
import { Select, TextField } from '../../../ui/form.tsx'
import { userSorts } from '../user-sorts.ts'

type UserFiltersProps = {
  form: Record<'q' | 'plan_id' | 'status' | 'role' | 'inactive_days', string>
  isNarrowed: boolean
  sort: string
  plans: { slug: string; name: string }[]
}

/** Narrows the list down. On small screens, where no column heads are, it orders it too. */
export function UserFilters({ form, sort, plans, isNarrowed }: UserFiltersProps) {
  const { t } = useTranslation('customers')
  const any = { value: '', label: t('any') }
  const orders = userSorts.flatMap((by) => [
    { value: by, label: t(`order.${by}.up`) },
    { value: `-${by}`, label: t(`order.${by}.down`) },
  ])
  return (
    // A new address means new values: the fields are made anew for it.
    <Form
      method="get"
      key={JSON.stringify(form)}
      className="grid grid-cols-2 items-end gap-3 max-lg:[&>:first-child]:col-span-2 lg:grid-cols-[minmax(0,2fr)_repeat(4,minmax(0,1fr))_auto]"
    >
      <TextField
        name="q"
        type="search"
        label={t('search')}
        placeholder={t('searchHint')}
        defaultValue={form.q}
      />
      <Select
        name="plan_id"
        label={t('plan')}
        defaultValue={form.plan_id}
        options={[any, ...plans.map(({ slug, name }) => ({ value: slug, label: name }))]}
      />
      <Select
        name="status"
        label={t('state')}
        defaultValue={form.status}
        options={[
          any,
          ...(['active', 'pending', 'suspended'] as const).map((value) => ({
            value,
            label: t(`status.${value}`),
          })),
        ]}
      />
      <Select
        name="role"
        label={t('roleLabel')}
        defaultValue={form.role}
        options={[
          any,
          ...(['customer', 'agent', 'admin'] as const).map((value) => ({
            value,
            label: t(`role.${value}`),
          })),
        ]}
      />
      <TextField
        name="inactive_days"
        type="number"
        min={0}
        label={t('inactiveDays')}
        placeholder={t('inactiveHint')}
        defaultValue={form.inactive_days}
      />
      <div className="sm:hidden">
        <Select name="sort" label={t('orderBy')} defaultValue={sort} options={orders} />
      </div>
      <span className="flex items-center gap-3">
        <Button look="secondary">{t('show')}</Button>
        {isNarrowed && (
          <Link to="?" className="text-[13px] text-n11 underline-offset-2 hover:underline">
            {t('clear')}
          </Link>
        )}
      </span>
    </Form>
  )
}
