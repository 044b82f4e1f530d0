import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'react-router'
import { useFormat } from '../../../ui/format.ts'
import { Card } from '../../../ui/page.tsx'
import { type Column, Table } from '../../../ui/table.tsx'
import type { EndpointRow, Figures, KeyRow } from '../usage-json.ts'

/** Usage by endpoint; the name narrows the page to it. */
export function EndpointTable({ rows }: { rows: EndpointRow[] }) {
  const { t } = useTranslation('usage')
  const narrow = useNarrowing('route')
  const columns = useFigureColumns<EndpointRow>()
  const head: Column<EndpointRow> = {
    title: t('endpoint'),
    isHead: true,
    cell: ({ method, path, route_id }) => (
      <span className="font-mono text-xs">
        {method}{' '}
        {path && route_id ? (
          <Link to={narrow(route_id)} className="underline-offset-2 hover:underline">
            {path}
          </Link>
        ) : (
          <span className="text-n11">{t(route_id ? 'deletedRoute' : 'noRoute')}</span>
        )}
      </span>
    ),
  }
  return (
    <Card title={t('byEndpoint')} flush>
      <Table
        caption={t('byEndpoint')}
        rows={rows}
        keyOf={(row) => `${row.method} ${row.route_id}`}
        columns={[head, ...columns]}
      />
    </Card>
  )
}

/** Usage by key; the name narrows the page to it. */
export function KeyTable({ rows }: { rows: KeyRow[] }) {
  const { t } = useTranslation('usage')
  const narrow = useNarrowing('key_id')
  const columns = useFigureColumns<KeyRow>()
  const head: Column<KeyRow> = {
    title: t('key'),
    isHead: true,
    cell: ({ key_id, name, masked }) =>
      name === null ? (
        <span className="text-n11">{t('deletedKey')}</span>
      ) : (
        <span className="grid">
          <Link to={narrow(key_id)} className="w-fit underline-offset-2 hover:underline">
            {name}
          </Link>
          <span className="font-mono font-normal text-n11 text-xs">{masked}</span>
        </span>
      ),
  }
  return (
    <Card title={t('byKey')} flush>
      <Table
        caption={t('byKey')}
        rows={rows}
        keyOf={(row) => row.key_id}
        columns={[head, ...columns]}
      />
    </Card>
  )
}

/** The page's own address with one filter more. */
function useNarrowing(name: 'route' | 'key_id'): (value: string) => string {
  const [search] = useSearchParams()
  return (value) => {
    const next = new URLSearchParams(search)
    next.set(name, value)
    return `?${next}`
  }
}

function useFigureColumns<Row extends Figures>(): Column<Row>[] {
  const { t } = useTranslation('usage')
  const format = useFormat()
  return [
    { title: t('requests'), isNumber: true, cell: (row) => format.number(row.requests) },
    { title: t('errors'), isNumber: true, cell: (row) => format.number(row.errors) },
    {
      title: t('errorRate'),
      isNumber: true,
      cell: (row) => format.percent(row.errors / row.requests),
    },
    { title: t('p50'), isNumber: true, cell: (row) => format.duration(row.latency_ms.p50) },
    { title: t('p95Short'), isNumber: true, cell: (row) => format.duration(row.latency_ms.p95) },
    {
      title: t('data'),
      isNumber: true,
      cell: (row) => format.bytes(row.bytes_in + row.bytes_out),
    },
  ]
}
