import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../ui/format.ts'
import { Badge } from '../../../ui/notice.tsx'
import { type Column, Table } from '../../../ui/table.tsx'
import type { CustomerFigures } from '../analytics-users.ts'
import { CustomerLink } from './near-limit.tsx'

const tones = { active: 'ok', pending: 'warn', suspended: 'bad' } as const

/** Customers with their figures of the billing period; each can be the order. */
export function CustomerTable({ rows, sort }: { rows: CustomerFigures[]; sort: string }) {
  const { t } = useTranslation('insights')
  const { t: admin } = useTranslation('admin')
  const format = useFormat()
  const share = (value: number | null) => (value === null ? '–' : format.percent(value))
  const figure = (
    title: string,
    by: keyof CustomerFigures,
    cell: Column<CustomerFigures>['cell'],
  ) => ({ title, isNumber: true, sort: { by, isDownFirst: true }, cell })
  return (
    <Table
      caption={t('customers')}
      rows={rows}
      keyOf={(row) => row.id}
      sort={sort}
      columns={[
        {
          title: t('customer'),
          isHead: true,
          sort: { by: 'email' },
          cell: (row) => <CustomerLink row={row} />,
        },
        { title: t('plan'), sort: { by: 'plan' }, cell: (row) => row.plan ?? '–' },
        {
          title: t('status'),
          sort: { by: 'status' },
          cell: (row) => <Badge tone={tones[row.status]}>{admin(`status.${row.status}`)}</Badge>,
        },
        figure(t('requests'), 'requests', (row) => format.number(row.requests)),
        figure(t('quotaShare'), 'quota_percent', ({ quota_percent: percent }) =>
          share(percent === null ? null : percent / 100),
        ),
        figure(t('errorRate'), 'error_rate', (row) => share(row.error_rate)),
        figure(t('keys'), 'keys', (row) => format.number(row.keys)),
        figure(t('inactiveDays'), 'inactive_days', (row) => format.number(row.inactive_days)),
      ]}
    />
  )
}
