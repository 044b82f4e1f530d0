import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../ui/format.ts'
import { Card, EmptyState } from '../../../ui/page.tsx'
import { Pagination, Table } from '../../../ui/table.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import { ViewLinks } from '../../../ui/view-links.tsx'
import type { DeliveryJson } from '../webhook-json.ts'
import { AttemptResult, DeliveryState } from './webhook-state.tsx'

export const deliveryViews = ['all', 'pending', 'delivered', 'failed'] as const
export type DeliveryView = (typeof deliveryViews)[number]

type DeliveriesCardProps = {
  deliveries: DeliveryJson[]
  view: DeliveryView
  nextCursor: string | null
  now: number
}

/** What was sent to a webhook, and what came of it. */
export function DeliveriesCard({ deliveries, view, nextCursor, now }: DeliveriesCardProps) {
  const { t } = useTranslation('webhooks')
  const format = useFormat()
  return (
    <Card title={t('deliveries')} flush>
      <div className="px-2 pb-2">
        <ViewLinks
          label={t('deliveryViews')}
          views={deliveryViews.map((name) => ({
            to: `?status=${name}`,
            label: t(`view.${name}`),
            isCurrent: name === view,
          }))}
        />
      </div>
      {deliveries.length === 0 ? (
        <EmptyState title={t(view === 'all' ? 'noDeliveries' : 'noneInView')}>
          {view === 'all' && t('noDeliveriesText')}
        </EmptyState>
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
            { title: t('state'), cell: (row) => <DeliveryState delivery={row} now={now} /> },
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
