import { useTranslation } from 'react-i18next'
import { pageContext } from '../../../core/http/page-context.ts'
import { Button } from '../../../ui/button.tsx'
import { TextField } from '../../../ui/form.tsx'
import { useFormat } from '../../../ui/format.ts'
import { Card, EmptyState, PageHeader } from '../../../ui/page.tsx'
import { Pagination, Table } from '../../../ui/table.tsx'
import { ListAudit, listAudit } from '../list-audit.ts'
import type { Route } from './+types/admin-audit'

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const given = Object.fromEntries(
    [...new URL(request.url).searchParams].filter(([, value]) => value !== ''),
  )
  const parsed = ListAudit.safeParse({ limit: '50', ...given })
  const page = await listAudit(app, actor, parsed.success ? parsed.data : ListAudit.parse({}))
  const entries = page.data.map(({ changes, ...entry }) => ({
    ...entry,
    changes: JSON.stringify(changes),
  }))
  return {
    entries,
    nextCursor: page.next_cursor,
    action: given.action ?? '',
    target: given.target_id ?? '',
  }
}

export default function AdminAudit({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('admin')
  const format = useFormat()
  const { entries, nextCursor, action, target } = loaderData
  return (
    <>
      <title>{t('audit')}</title>
      <PageHeader title={t('audit')} description={t('auditText')} />
      <form method="get" className="mb-4 flex flex-wrap items-end gap-3">
        <TextField name="action" label={t('action')} placeholder="keys" defaultValue={action} />
        <TextField name="target_id" label={t('target')} defaultValue={target} />
        <Button look="secondary">{t('show')}</Button>
      </form>
      <Card flush>
        {entries.length === 0 ? (
          <EmptyState title={t('noAudit')} />
        ) : (
          <Table
            caption={t('audit')}
            rows={entries}
            keyOf={(entry) => entry.id}
            columns={[
              {
                title: t('action'),
                isHead: true,
                cell: (entry) => <code className="font-mono text-xs">{entry.action}</code>,
              },
              { title: t('who'), cell: (entry) => entry.actor.email ?? entry.actor.type },
              {
                title: t('target'),
                cell: (entry) => <code className="font-mono text-xs">{entry.target.id}</code>,
              },
              {
                title: t('changes'),
                cell: (entry) => (
                  <code className="line-clamp-2 font-mono text-xs">
                    {entry.changes === '{}' ? '–' : entry.changes}
                  </code>
                ),
              },
              { title: t('when'), cell: (entry) => format.dateTime(entry.time) },
            ]}
          />
        )}
        <Pagination nextCursor={nextCursor} />
      </Card>
    </>
  )
}
