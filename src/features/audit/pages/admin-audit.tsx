import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { pageContext } from '../../../core/http/page-context.ts'
import { ExportLinks } from '../../../ui/export-links.tsx'
import { useFormat } from '../../../ui/format.ts'
import { Card, EmptyState, PageHeader } from '../../../ui/page.tsx'
import { useShell } from '../../../ui/shell.ts'
import { Pagination, Table } from '../../../ui/table.tsx'
import { auditActions } from '../actions.ts'
import type { AuditJson } from '../audit-json.ts'
import { listAudit } from '../list-audit.ts'
import type { Route } from './+types/admin-audit'
import { AuditFilters } from './audit-filters.tsx'
import { readAuditSearch } from './audit-search.ts'
import { useAuditWords } from './audit-words.ts'
import { TargetLink } from './target-link.tsx'

const pageSize = 50

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor, timeZone } = context.get(pageContext)
  const search = new URL(request.url).searchParams
  const { form, filter, problems } = readAuditSearch(search)
  const cursor = search.get('cursor') ?? undefined
  const page = await listAudit(app, actor, { ...filter, cursor, limit: pageSize }, timeZone)
  const entries = page.data.map(({ changes, hash, ...entry }) => entry)
  return { entries, nextCursor: page.next_cursor, form, filter, problems }
}

export default function AdminAudit({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('audit')
  const { timeZone } = useShell()
  const { entries, nextCursor, form, filter, problems } = loaderData
  return (
    <>
      <title>{t('title')}</title>
      <PageHeader
        title={t('title')}
        description={t('text', { zone: timeZone })}
        actions={<ExportLinks path="/admin/audit/export" query={filter} />}
      />
      <div className="grid gap-4">
        <AuditFilters form={form} actions={auditActions} problems={problems} />
        <Card flush>
          {entries.length === 0 ? (
            <EmptyState title={t('none')}>{t('noneText')}</EmptyState>
          ) : (
            <AuditTable entries={entries} />
          )}
          <Pagination nextCursor={nextCursor} />
        </Card>
      </div>
    </>
  )
}

type Entry = Omit<AuditJson, 'changes' | 'hash'>

function AuditTable({ entries }: { entries: Entry[] }) {
  const { t } = useTranslation('audit')
  const format = useFormat()
  const words = useAuditWords()
  return (
    <Table
      caption={t('title')}
      rows={entries}
      keyOf={(entry) => entry.id}
      columns={[
        {
          title: t('action'),
          isHead: true,
          cell: (entry) => (
            <Link to={`/admin/audit/${entry.id}`} className="underline-offset-2 hover:underline">
              {words.action(entry.action)}
            </Link>
          ),
        },
        { title: t('actor'), cell: (entry) => words.actor(entry.actor) },
        { title: t('target'), cell: (entry) => <TargetLink target={entry.target} /> },
        { title: t('ip'), cell: (entry) => entry.ip ?? '–' },
        {
          title: t('when'),
          cell: (entry) => (
            <time dateTime={entry.time} className="whitespace-nowrap tabular-nums">
              {format.dateTime(entry.time)}
            </time>
          ),
        },
      ]}
    />
  )
}
