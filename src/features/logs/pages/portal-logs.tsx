import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { pageContext } from '../../../core/http/page-context.ts'
import { ExportLinks } from '../../../ui/export-links.tsx'
import { useFormat } from '../../../ui/format.ts'
import { Badge, Notice } from '../../../ui/notice.tsx'
import { Card, EmptyState, PageHeader } from '../../../ui/page.tsx'
import { useSentence } from '../../../ui/sentence.ts'
import { useShell } from '../../../ui/shell.ts'
import { StatusBadge } from '../../../ui/status-badge.tsx'
import { Pagination, Table } from '../../../ui/table.tsx'
import { getSetting } from '../../settings/settings.ts'
import { listFilterOptions } from '../../usage/filter-options.ts'
import type { LogJson } from '../log-json.ts'
import { listLogs } from '../logs.ts'
import type { Route } from './+types/portal-logs'
import { LiveTail } from './live-tail.tsx'
import { LogFilters } from './log-filters.tsx'
import { readLogSearch } from './log-search.ts'

const pageSize = 50

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor, timeZone } = context.get(pageContext)
  const search = new URL(request.url).searchParams
  const { form, filter, problems } = readLogSearch(search)
  const cursor = search.get('cursor') ?? undefined
  const page = await listLogs(app, actor, { ...filter, cursor, limit: pageSize }, timeZone)
  const { keys } = await listFilterOptions(app, actor)
  const days = await getSetting(app, 'usage_retention_days')
  return { ...page, form, filter, problems, keys, days, isFirst: cursor === undefined }
}

export default function Logs({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('usage')
  const say = useSentence()
  const { timeZone } = useShell()
  const { data, next_cursor, form, filter, problems, keys, days, isFirst } = loaderData
  return (
    <>
      <title>{t('logs')}</title>
      <PageHeader
        title={t('logs')}
        description={t('aboutLogs', { days, zone: timeZone })}
        actions={
          <div className="flex flex-wrap items-center gap-4">
            <LiveTail isPossible={isFirst} />
            <ExportLinks path="/api/portal/logs/export" query={filter} />
          </div>
        }
      />
      <div className="grid gap-4">
        <LogFilters form={form} keys={keys} />
        {problems.length > 0 && (
          <Notice tone="warn" title={t('badFilter')}>
            {problems.map(say).join(' ')}
          </Notice>
        )}
        <Card flush>
          {data.length === 0 ? (
            <EmptyState title={next_cursor ? t('searchedOn') : t('noLogs')}>
              {next_cursor ? t('searchedOnText') : t('noLogsText')}
            </EmptyState>
          ) : (
            <LogTable rows={data} />
          )}
          <Pagination nextCursor={next_cursor} />
        </Card>
      </div>
    </>
  )
}

function LogTable({ rows }: { rows: LogJson[] }) {
  const { t } = useTranslation('usage')
  const format = useFormat()
  return (
    <Table
      caption={t('logs')}
      rows={rows}
      keyOf={(row) => row.id}
      columns={[
        {
          title: t('request'),
          isHead: true,
          cell: (row) => (
            <Link
              to={`/logs/${row.id}`}
              className="break-all font-mono text-xs underline-offset-2 hover:underline"
            >
              {row.method} {row.path}
            </Link>
          ),
        },
        {
          title: t('status'),
          cell: (row) => (
            <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
              <StatusBadge status={row.status} />
              {row.error_code && (
                <code className="font-mono text-n11 text-xs">{row.error_code}</code>
              )}
            </span>
          ),
        },
        { title: t('duration'), isNumber: true, cell: (row) => format.duration(row.latency_ms) },
        {
          title: t('key'),
          cell: (row) => (
            <span className="flex flex-wrap gap-1">
              <code className="font-mono text-xs">{row.key_prefix}…</code>
              {row.environment === 'test' && <Badge tone="info">{t('environments.test')}</Badge>}
              {row.source === 'playground' && <Badge>{t('playground')}</Badge>}
            </span>
          ),
        },
        {
          title: t('time'),
          cell: (row) => (
            <time dateTime={row.time} className="whitespace-nowrap tabular-nums">
              {format.dateTime(row.time)}
            </time>
          ),
        },
      ]}
    />
  )
}
