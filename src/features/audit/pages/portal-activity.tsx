import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { pageContext } from '../../../core/http/page-context.ts'
import { ExportLinks } from '../../../ui/export-links.tsx'
import { useFormat } from '../../../ui/format.ts'
import { Card, EmptyState } from '../../../ui/page.tsx'
import { useShell } from '../../../ui/shell.ts'
import { Pagination } from '../../../ui/table.tsx'
import { customerActions } from '../actions.ts'
import type { AuditJson } from '../audit-json.ts'
import { listOwnAudit } from '../list-audit.ts'
import type { Route } from './+types/portal-activity'
import { AuditFilters } from './audit-filters.tsx'
import { readOwnAuditSearch } from './audit-search.ts'
import { useAuditWords } from './audit-words.ts'
import { ChangesTable } from './changes-table.tsx'

const pageSize = 30

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor, timeZone } = context.get(pageContext)
  const search = new URL(request.url).searchParams
  const { form, filter, problems } = readOwnAuditSearch(search)
  const cursor = search.get('cursor') ?? undefined
  const page = await listOwnAudit(app, actor, { ...filter, cursor, limit: pageSize }, timeZone)
  return { ...page, form, filter, problems }
}

/** What happened in the organization, in words. */
export default function Activity({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('audit')
  const { timeZone } = useShell()
  const { data, next_cursor, form, filter, problems } = loaderData
  const isFiltered = Object.values(form).some((value) => value !== '')
  return (
    <div className="grid gap-4">
      <title>{t('activity')}</title>
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <p className="max-w-[52ch] text-n11">{t('activityText', { zone: timeZone })}</p>
        <ExportLinks path="/api/portal/audit/export" query={filter} />
      </div>
      <AuditFilters form={form} actions={customerActions} problems={problems} />
      <Card flush>
        {data.length === 0 ? (
          <EmptyState title={isFiltered ? t('none') : t('noneYet')}>
            {isFiltered ? t('noneText') : t('noneYetText')}
          </EmptyState>
        ) : (
          <ul aria-label={t('activity')}>
            {data.map((entry) => (
              <Entry key={entry.id} entry={entry} />
            ))}
          </ul>
        )}
        <Pagination nextCursor={next_cursor} />
      </Card>
    </div>
  )
}

function Entry({ entry }: { entry: AuditJson }) {
  const { t } = useTranslation('audit')
  const format = useFormat()
  const words = useAuditWords()
  const { type, id } = entry.target
  const { name } = entry.changes
  const hasChanges = Object.keys(entry.changes).length > 0
  return (
    <li className="grid gap-1 border-n4 border-b px-5 py-3 last:border-0">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <p className="font-medium">{words.action(entry.action)}</p>
        <time dateTime={entry.time} className="text-[13px] text-n11 tabular-nums">
          {format.dateTime(entry.time)}
        </time>
      </div>
      <p className="break-words text-[13px] text-n11">
        {words.actor(entry.actor)}
        {entry.ip && ` · ${entry.ip}`}
        {type === 'key' && (
          <>
            {' · '}
            <Link to={`/keys/${id}`} className="break-all underline-offset-2 hover:underline">
              {typeof name === 'string' ? name : <code className="font-mono text-xs">{id}</code>}
            </Link>
          </>
        )}
      </p>
      {hasChanges && (
        <details className="text-[13px]">
          <summary className="w-fit text-brand-text hover:underline">{t('details')}</summary>
          <div className="mt-2 rounded-xl border border-n6">
            <ChangesTable changes={entry.changes} />
          </div>
        </details>
      )}
    </li>
  )
}
