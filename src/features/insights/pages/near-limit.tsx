import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../ui/format.ts'
import { Card, EmptyState } from '../../../ui/page.tsx'
import { Meter } from '../../../ui/stat.tsx'
import { Table } from '../../../ui/table.tsx'
import type { CustomerFigures } from '../analytics-users.ts'

/** Customers who have used four fifths of their quota, the fullest first. */
export function NearLimit({ rows }: { rows: CustomerFigures[] }) {
  const { t } = useTranslation('insights')
  const format = useFormat()
  const filter = new URLSearchParams({ filter: 'quota_percent >= 80', sort: '-quota_percent' })
  const link = (
    <Link to={`/admin/usage/customers?${filter}`} className="link text-[13px]">
      {t('seeAll')}
    </Link>
  )
  return (
    <Card title={t('nearLimit')} flush actions={rows.length > 0 && link}>
      {rows.length === 0 ? (
        <EmptyState title={t('nobodyNear')}>{t('nobodyNearText')}</EmptyState>
      ) : (
        <Table
          caption={t('nearLimit')}
          rows={rows}
          keyOf={(row) => row.id}
          columns={[
            { title: t('customer'), isHead: true, cell: (row) => <CustomerLink row={row} /> },
            { title: t('plan'), cell: (row) => row.plan ?? '–' },
            { title: t('quotaUsed'), isNumber: true, cell: (row) => format.number(row.quota_used) },
            { title: t('quotaShare'), cell: (row) => <Share percent={row.quota_percent ?? 0} /> },
          ]}
        />
      )}
    </Card>
  )
}

function Share({ percent }: { percent: number }) {
  const share = useFormat().percent(percent / 100)
  return (
    <span className="block min-w-28">
      {share}
      <Meter value={percent} max={100} label={share} />
    </span>
  )
}

/** A customer by name, with the address below. */
export function CustomerLink({ row }: { row: Pick<CustomerFigures, 'id' | 'name' | 'email'> }) {
  return (
    <span className="grid">
      <Link to={`/admin/users/${row.id}`} className="w-fit underline-offset-2 hover:underline">
        {row.name || row.email}
      </Link>
      {row.name && <span className="break-all font-normal text-n11 text-xs">{row.email}</span>}
    </span>
  )
}
