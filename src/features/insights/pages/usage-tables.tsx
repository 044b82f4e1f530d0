import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../ui/format.ts'
import { Card } from '../../../ui/page.tsx'
import { type Column, Table } from '../../../ui/table.tsx'
import type { EndpointRow, Figures, OrganizationRow } from '../../usage/usage-json.ts'

const mostRows = 10

/** Customers with the most requests in the period. */
export function BusiestCustomers({ rows }: { rows: OrganizationRow[] }) {
  const { t } = useTranslation('insights')
  const columns = useFigureColumns<OrganizationRow>()
  const head: Column<OrganizationRow> = {
    title: t('customer'),
    isHead: true,
    cell: ({ organization_id, name, owner_email }) =>
      owner_email ? (
        <span className="grid">
          <Link
            to={`/admin/users/${encodeURIComponent(owner_email)}`}
            className="w-fit underline-offset-2 hover:underline"
          >
            {name}
          </Link>
          <span className="break-all font-normal text-n11 text-xs">{owner_email}</span>
        </span>
      ) : (
        <code className="font-mono text-xs">{organization_id}</code>
      ),
  }
  const plan = { title: t('plan'), cell: (row: OrganizationRow) => row.plan ?? '–' }
  return (
    <Card title={t('busiest')} flush>
      <Table
        caption={t('busiest')}
        rows={rows.slice(0, mostRows)}
        keyOf={(row) => row.organization_id}
        columns={[head, plan, ...columns]}
      />
    </Card>
  )
}

/** Endpoints by how many of their requests failed. */
export function FailingRoutes({ rows }: { rows: EndpointRow[] }) {
  const { t } = useTranslation('insights')
  const { t: usage } = useTranslation('usage')
  const columns = useFigureColumns<EndpointRow>()
  const head: Column<EndpointRow> = {
    title: usage('endpoint'),
    isHead: true,
    cell: ({ method, path, route_id }) => (
      <span className="font-mono text-xs">
        {method}{' '}
        {path && route_id ? (
          <Link to={`/admin/routes/${route_id}`} className="underline-offset-2 hover:underline">
            {path}
          </Link>
        ) : (
          <span className="text-n11">{usage(route_id ? 'deletedRoute' : 'noRoute')}</span>
        )}
      </span>
    ),
  }
  const sorted = [...rows].sort((a, b) => b.errors - a.errors || b.requests - a.requests)
  return (
    <Card title={t('errorsByRoute')} flush>
      <Table
        caption={t('errorsByRoute')}
        rows={sorted.slice(0, mostRows)}
        keyOf={(row) => `${row.method} ${row.route_id}`}
        columns={[head, ...columns]}
      />
    </Card>
  )
}

function useFigureColumns<Row extends Figures>(): Column<Row>[] {
  const { t } = useTranslation('usage')
  const format = useFormat()
  return [
    { title: t('requests'), isNumber: true, cell: (row) => format.number(row.requests) },
    { title: '4xx', isNumber: true, cell: (row) => format.number(row.errors_4xx) },
    { title: '5xx', isNumber: true, cell: (row) => format.number(row.errors_5xx) },
    {
      title: t('errorRate'),
      isNumber: true,
      cell: (row) => format.percent(row.errors / Math.max(1, row.requests)),
    },
    { title: t('p95Short'), isNumber: true, cell: (row) => format.duration(row.latency_ms.p95) },
  ]
}
