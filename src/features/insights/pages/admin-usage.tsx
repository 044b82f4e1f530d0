import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { pageContext } from '../../../core/http/page-context.ts'
import { useFormat } from '../../../ui/format.ts'
import { Notice } from '../../../ui/notice.tsx'
import { Card, EmptyState } from '../../../ui/page.tsx'
import { RequestChart } from '../../../ui/request-chart.tsx'
import { useSentence } from '../../../ui/sentence.ts'
import { getUsageOfAll } from '../../usage/usage.ts'
import { readUsagePage } from '../../usage/usage-period.ts'
import { getPortalAnalytics } from '../analytics-portal.ts'
import { AnalyticsQuery, listCustomerFigures } from '../analytics-users.ts'
import type { Route } from './+types/admin-usage'
import { NearLimit } from './near-limit.tsx'
import { PeriodFilters } from './period-filters.tsx'
import { UsageStats } from './usage-stats.tsx'
import { BusiestCustomers, FailingRoutes } from './usage-tables.tsx'

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor, timeZone } = context.get(pageContext)
  const { searchParams } = new URL(request.url)
  const nearLimit = AnalyticsQuery.parse({
    ...{ filter: 'quota_percent >= 80', sort: 'quota_percent', limit: 10 },
  })
  const [{ form, problems, usage }, portal, near] = await Promise.all([
    readUsagePage(searchParams, app.now(), timeZone, ({ key_id: _, ...query }) =>
      getUsageOfAll(app, actor, query, timeZone),
    ),
    getPortalAnalytics(app, actor, { days: 30 }),
    listCustomerFigures(app, actor, nearLimit),
  ])
  return { form, problems, usage, portal, near: near.data }
}

/** What everybody does, who is near a limit, and what fails. */
export default function AdminUsage({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('insights')
  const { t: text } = useTranslation('usage')
  const say = useSentence()
  const format = useFormat()
  const { form, problems, usage, portal, near } = loaderData
  const { range, series, endpoints, organizations, totals } = usage
  const { from, to, timezone: zone } = range
  return (
    <>
      <title>{t('usage')}</title>
      <div className="grid gap-8">
        <div className="grid gap-4">
          <PeriodFilters form={form} />
          <p className="text-[13px] text-n11">
            {t('rangeText', { from: format.moment(from), to: format.moment(to), zone })}
          </p>
          {problems.length > 0 && (
            <Notice tone="warn" title={text('badFilter')}>
              {problems.map((problem) => say(problem)).join(' ')}
            </Notice>
          )}
        </div>
        <UsageStats usage={usage} portal={portal} />
        <Card title={text('overTime')}>
          {totals.requests === 0 ? (
            <EmptyState title={text('nothing')}>{t('nothingText')}</EmptyState>
          ) : (
            <RequestChart
              title={text('overTime')}
              series={series}
              isByHour={range.interval === 'hour'}
            />
          )}
        </Card>
        <NearLimit rows={near} />
        {organizations.length > 0 && <BusiestCustomers rows={organizations} />}
        {endpoints.length > 0 && <FailingRoutes rows={endpoints} />}
        <p>
          <Link to="/admin/usage/customers" className="link">
            {t('allCustomers')}
          </Link>
        </p>
      </div>
    </>
  )
}
