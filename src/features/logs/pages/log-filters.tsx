import { useTranslation } from 'react-i18next'
import { Form } from 'react-router'
import { FilterButtons } from '../../../ui/filter-buttons.tsx'
import { Select, TextField } from '../../../ui/form.tsx'
import type { FilterOption } from '../../usage/filter-options.ts'

export type LogForm = Record<
  'from' | 'until' | 'key_id' | 'status' | 'method' | 'path' | 'q',
  string
>

const statuses = ['2xx', '4xx', '429', '5xx', '0'] as const
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']

/** Narrows the log down. A status that somebody wrote into the address stays in the list. */
export function LogFilters({ form, keys }: { form: LogForm; keys: FilterOption[] }) {
  const { t } = useTranslation('usage')
  const known = statuses.map((status) => ({ value: status, label: t(`statuses.${status}`) }))
  const own =
    form.status && !known.some(({ value }) => value === form.status)
      ? [{ value: form.status, label: form.status }]
      : []
  return (
    <Form method="get" key={Object.values(form).join('|')} className="grid gap-3">
      <div className="grid items-end gap-3 min-[360px]:grid-cols-2 lg:grid-cols-4">
        <div className="col-span-full sm:col-span-1">
          <TextField
            name="q"
            type="search"
            label={t('search')}
            hint={t('searchHint')}
            defaultValue={form.q}
          />
        </div>
        <div className="col-span-full sm:col-span-1">
          <TextField name="path" label={t('path')} hint={t('pathHint')} defaultValue={form.path} />
        </div>
        <Select
          name="status"
          label={t('status')}
          defaultValue={form.status}
          options={[{ value: '', label: t('anyStatus') }, ...known, ...own]}
        />
        <Select
          name="method"
          label={t('method')}
          defaultValue={form.method}
          options={[
            { value: '', label: t('anyMethod') },
            ...methods.map((method) => ({ value: method, label: method })),
          ]}
        />
        <Select
          name="key_id"
          label={t('key')}
          defaultValue={form.key_id}
          options={[{ value: '', label: t('allKeys') }, ...keys]}
        />
        <TextField name="from" type="date" label={t('from')} defaultValue={form.from} />
        <TextField name="until" type="date" label={t('until')} defaultValue={form.until} />
        <FilterButtons isFiltered={Object.values(form).some((value) => value !== '')} />
      </div>
    </Form>
  )
}
