import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useMeterText } from '../../../ui/meter-text.ts'
import { Card, EmptyState } from '../../../ui/page.tsx'
import { Meter } from '../../../ui/stat.tsx'
import { Table } from '../../../ui/table.tsx'
import type { MeterJson } from '../meter-json.ts'
import type { MeterUser } from '../top-users.ts'

/** Who uses most of a meter in this billing period. */
export function TopUsers({ meter, users }: { meter: MeterJson; users: MeterUser[] }) {
  const { t } = useTranslation('meters')
  const write = useMeterText()
  const nothing = meter.source === 'events' ? 'nothingYet' : 'nothingCalled'
  return (
    <Card title={t('topUsers')} flush>
      {users.length === 0 ? (
        <EmptyState title={t(nothing)}>{t(`${nothing}Text`)}</EmptyState>
      ) : (
        <Table
          caption={t('topUsers')}
          rows={users}
          keyOf={({ organizationId }) => organizationId}
          columns={[
            {
              title: t('organization'),
              isHead: true,
              cell: ({ name, ownerId, ownerEmail }) => (
                <span className="grid">
                  {name}
                  <Link className="link w-fit font-normal" to={`/admin/users/${ownerId}`}>
                    {ownerEmail}
                  </Link>
                </span>
              ),
            },
            {
              title: t(`used.${meter.kind}`),
              isNumber: true,
              cell: ({ used, limit }) => {
                const text = write({ ...meter, used, limit })
                return (
                  <span className="inline-block min-w-40">
                    {text}
                    {limit !== null && <Meter value={used} max={limit} label={text} />}
                  </span>
                )
              },
            },
          ]}
        />
      )}
    </Card>
  )
}
