import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { pageContext } from '../../../core/http/page-context.ts'
import { readSearch } from '../../../core/http/read-search.ts'
import { LinkButton } from '../../../ui/button.tsx'
import { ExportLinks } from '../../../ui/export-links.tsx'
import { useFormat } from '../../../ui/format.ts'
import { Notice } from '../../../ui/notice.tsx'
import { Card, EmptyState, PageHeader } from '../../../ui/page.tsx'
import { useSentence } from '../../../ui/sentence.ts'
import { Pagination } from '../../../ui/table.tsx'
import { listPlans } from '../../plans/plans.ts'
import { countMatches, listUsers } from '../list-users.ts'
import { ListUsers } from '../user-input.ts'
import { toAdminUserJson } from '../user-json.ts'
import type { Route } from './+types/admin-users'
import { UserFilters } from './user-filters.tsx'
import { UserTable } from './user-table.tsx'

const pageSize = 50
const fields = ['q', 'plan_id', 'status', 'role', 'inactive_days', 'sort'] as const

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const search = new URL(request.url).searchParams
  const { form, filter, problems } = readSearch(search, ListUsers.shape, fields)
  const cursor = search.get('cursor') ?? undefined
  const query = ListUsers.parse({ ...filter, limit: pageSize, cursor })
  const [page, total, all, plans] = await Promise.all([
    listUsers(app, actor, query),
    countMatches(app, actor, query),
    countMatches(app, actor, {}),
    listPlans(app),
  ])
  const { sort: _, ...narrowing } = filter
  return {
    users: page.data.map(toAdminUserJson),
    nextCursor: page.next_cursor,
    counts: { total, all },
    plans: plans.map(({ id, slug, name }) => ({ id, slug, name })),
    sort: query.sort,
    form,
    filter: Object.fromEntries(
      Object.entries(narrowing).map(([name, value]) => [name, String(value)]),
    ),
    problems,
    isDeleted: search.has('deleted'),
    now: app.now().getTime(),
  }
}

export default function AdminUsers({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('customers')
  const format = useFormat()
  const say = useSentence()
  const { users, plans, form, filter, sort, counts, nextCursor, problems, isDeleted, now } =
    loaderData
  const isNarrowed = Object.keys(filter).length > 0
  const total = format.number(counts.total)
  return (
    <>
      <title>{t('title')}</title>
      <PageHeader
        title={t('title')}
        description={
          isNarrowed
            ? t('matching', { count: counts.total, total, all: format.number(counts.all) })
            : t('inAll', { count: counts.all, total })
        }
        actions={
          <>
            <LinkButton to="/admin/users/import">{t('import')}</LinkButton>
            <LinkButton look="primary" to="/admin/users/new">
              {t('add')}
            </LinkButton>
          </>
        }
      />
      <div className="grid gap-4">
        {isDeleted && <Notice tone="ok">{t('deleted')}</Notice>}
        <UserFilters form={form} sort={sort} plans={plans} isNarrowed={isNarrowed} />
        {problems.length > 0 && (
          <Notice tone="warn" title={t('badFilter')}>
            {problems.map((problem) => say(problem)).join(' ')}
          </Notice>
        )}
        <Card flush>
          {users.length === 0 ? (
            <EmptyState
              title={counts.all === 0 ? t('none') : t('noMatch')}
              action={
                counts.all > 0 && (
                  <Link to="?" className="link">
                    {t('clear')}
                  </Link>
                )
              }
            >
              {counts.all === 0 ? t('noneText') : t('noMatchText')}
            </EmptyState>
          ) : (
            <UserTable users={users} plans={plans} sort={sort} now={now} />
          )}
          <Pagination nextCursor={nextCursor} />
        </Card>
        {counts.total > 0 && <ExportLinks path="/admin/users/export" query={filter} />}
      </div>
    </>
  )
}
