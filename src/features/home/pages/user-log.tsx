import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Card, EmptyState } from '../../../ui/page.tsx'
import { Table } from '../../../ui/table.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import type { AuditJson } from '../../audit/audit-json.ts'

type UserLogProps = { log: AuditJson[]; userId: string; now: number }

/** What was done to the user of late, and by whom. */
export function UserLog({ log, userId, now }: UserLogProps) {
  const { t } = useTranslation('customers')
  const { t: audit } = useTranslation('audit')
  const all = (
    <Link to={`/admin/audit?target=${userId}`} className="link text-[13px]">
      {t('wholeLog')}
    </Link>
  )
  return (
    <Card title={t('log')} actions={all} flush>
      {log.length === 0 ? (
        <EmptyState title={t('noLog')} />
      ) : (
        <Table
          caption={t('log')}
          rows={log}
          keyOf={(entry) => entry.id}
          columns={[
            {
              title: t('action'),
              isHead: true,
              cell: (entry) => (
                <Link
                  to={`/admin/audit/${entry.id}`}
                  className="underline-offset-2 hover:underline"
                >
                  {audit(`actions.${entry.action as 'keys.issued'}`, {
                    defaultValue: entry.action,
                  })}
                </Link>
              ),
            },
            {
              title: t('actor'),
              cell: (entry) => (
                <span className="break-all">
                  {entry.actor.email ?? audit(`actors.${entry.actor.type}`, { company: '' })}
                </span>
              ),
            },
            { title: t('when'), cell: (entry) => <RelativeTime value={entry.time} now={now} /> },
          ]}
        />
      )}
    </Card>
  )
}
