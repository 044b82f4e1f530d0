import { useTranslation } from 'react-i18next'
import { Form, Link } from 'react-router'
import { AppError } from '../../../core/errors.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { FilterButtons } from '../../../ui/filter-buttons.tsx'
import { TextField } from '../../../ui/form.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Card, EmptyState } from '../../../ui/page.tsx'
import { useSentence } from '../../../ui/sentence.ts'
import { Pagination } from '../../../ui/table.tsx'
import { AnalyticsQuery, listCustomerFigures } from '../analytics-users.ts'
import { userFieldNames } from '../user-fields.ts'
import type { Route } from './+types/admin-usage-customers'
import { CustomerTable } from './customer-table.tsx'

const pageSize = 50
const byRequests = '-requests'

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const search = new URL(request.url).searchParams
  const filter = search.get('filter')?.trim().slice(0, 1000) ?? ''
  const wanted = search.get('sort') ?? byRequests
  const field = userFieldNames.find((name) => name === wanted.replace(/^-/, ''))
  const sort = field ? wanted : byRequests
  const query = AnalyticsQuery.parse({
    ...{ sort: field ?? 'requests', order: sort.startsWith('-') ? 'desc' : 'asc' },
    ...{ limit: pageSize, cursor: search.get('cursor') ?? undefined },
  })
  const list = (text?: string) => listCustomerFigures(app, actor, { ...query, filter: text })
  try {
    return { ...(await list(filter)), filter, sort, problems: [] }
  } catch (error) {
    // A filter that is not understood: everybody, and where it is wrong.
    if (!(error instanceof AppError) || !error.details.errors) throw error
    return { ...(await list()), filter, sort, problems: error.details.errors }
  }
}

/** Customers by what they did in this billing period, with a filter in words. */
export default function AdminUsageCustomers({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('insights')
  const say = useSentence()
  const { data, next_cursor, filter, sort, problems } = loaderData
  return (
    <>
      <title>{t('customers')}</title>
      <div className="grid gap-4">
        <Form method="get" key={filter} className="grid items-end gap-3 sm:grid-cols-[1fr_auto]">
          <input type="hidden" name="sort" value={sort} />
          <TextField name="filter" label={t('filter')} defaultValue={filter} />
          <FilterButtons isFiltered={filter !== ''} />
        </Form>
        <Examples />
        {problems.length > 0 && (
          <Notice tone="warn" title={t('badFilter')}>
            {problems.map((problem) => say(problem)).join(' ')}
          </Notice>
        )}
        <Card flush>
          {data.length === 0 ? (
            <EmptyState title={t('noCustomers')}>{t('noCustomersText')}</EmptyState>
          ) : (
            <CustomerTable rows={data} sort={sort} />
          )}
          <Pagination nextCursor={next_cursor} />
        </Card>
      </div>
    </>
  )
}

const examples = [
  'quota_percent > 80',
  'error_rate > 0.05 and requests > 100',
  'inactive_days >= 30',
  'keys == 0 and status == "active"',
]

/** What can be filtered by, and filters to begin with. */
function Examples() {
  const { t } = useTranslation('insights')
  return (
    <div className="grid gap-1 text-[13px] text-n11">
      <p>{t('filterHint', { fields: userFieldNames.join(', ') })}</p>
      <p className="flex flex-wrap gap-x-4 gap-y-1">
        {t('examples')}
        {examples.map((filter) => (
          <Link
            key={filter}
            to={`?${new URLSearchParams({ filter })}`}
            className="font-mono text-brand-text text-xs leading-6 underline-offset-2 hover:underline"
          >
            {filter}
          </Link>
        ))}
      </p>
    </div>
  )
}
