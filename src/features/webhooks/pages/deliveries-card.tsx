import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../ui/format.ts'
import { Card, EmptyState } from '../../../ui/page.tsx'
import { Pagination, Table } from '../../../ui/table.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import type { DeliveryJson } from '../webhook-json.ts'
import { AttemptResult, DeliveryState } from './webhook-state.tsx'

type DeliveriesCardProps = { deliveries: DeliveryJson[]; nextCursor: string | null; now: number }

/** What was sent to a webhook, and what came of it. */
export function DeliveriesCard({ deliveries, nextCursor, now }: DeliveriesCardProps) {
  const { t } = useTranslation('webhooks')
  const format = useFormat()
  return (
    <Card title={t('deliveries')} flush>
      {deliveries.length === 0 ? (
        <EmptyState title={t('noDeliveries')}>{t('noDeliveriesText')}</EmptyState>
      ) : (
        <Table
          caption={t('deliveries')}
          rows={deliveries}
          keyOf={(row) => row.id}
          columns={[
            {
              title: t('event'),
              isHead: true,
              cell: (row) => (
                <Link
                  to={`/webhooks/deliveries/${row.id}`}
                  className="font-mono text-xs underline-offset-2 hover:underline"
                >
                  {row.type}
                </Link>
              ),
            },
            { title: t('state'), cell: (row) => <DeliveryState status={row.status} /> },
            { title: t('answer'), cell: (row) => <AttemptResult attempt={row.attempts.at(-1)} /> },
            {
              title: t('attempts'),
              isNumber: true,
              cell: (row) => format.number(row.attempts.length),
            },
            {
              title: t('time'),
              cell: (row) => <RelativeTime value={row.created_at} now={now} />,
            },
          ]}
        />
      )}
      <Pagination nextCursor={nextCursor} />
    </Card>
  )
}
