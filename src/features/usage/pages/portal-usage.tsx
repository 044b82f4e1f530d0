import { useTranslation } from 'react-i18next'
import { pageContext } from '../../../core/http/page-context.ts'
import { ExportLinks } from '../../../ui/export-links.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Card, EmptyState, PageHeader } from '../../../ui/page.tsx'
import { RequestChart } from '../../../ui/request-chart.tsx'
import { useSentence } from '../../../ui/sentence.ts'
import { UsageFigures } from '../../../ui/usage-figures.tsx'
import { listFilterOptions } from '../filter-options.ts'
import { getUsage } from '../usage.ts'
import { readUsagePage } from '../usage-period.ts'
import type { Route } from './+types/portal-usage'
import { MeterStats } from './meter-stats.tsx'
import { UsageFilters } from './usage-filters.tsx'
import { Limits } from './usage-limits.tsx'
import { EndpointTable, KeyTable } from './usage-tables.tsx'

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor, timeZone } = context.get(pageContext)
  const { searchParams } = new URL(request.url)
  const page = await readUsagePage(searchParams, app.now(), timeZone, (query) =>
    getUsage(app, actor, query, timeZone),
  )
  return { ...page, options: await listFilterOptions(app, actor) }
}

export default function Usage({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('usage')
  const say = useSentence()
  const { form, query, problems, usage, options } = loaderData
  const { from, to, interval } = usage.range
  const { key_id = '', route = '' } = query
  const exports = (
    <ExportLinks path="/api/portal/usage/export" query={{ from, to, interval, key_id, route }} />
  )
  return (
    <>
      <title>{t('title')}</title>
      <PageHeader
        title={t('title')}
        description={t('about', { zone: usage.range.timezone })}
        actions={exports}
      />
      <div className="grid gap-8">
        <Limits usage={usage} />
        <div className="grid gap-4">
          <UsageFilters form={form} keyId={key_id} route={route} options={options} />
          {problems.length > 0 && (
            <Notice tone="warn" title={t('badFilter')}>
              {problems.map(say).join(' ')}
            </Notice>
          )}
        </div>
        {usage.totals.requests === 0 ? (
          <Card>
            <EmptyState title={t('nothing')}>{t('nothingText')}</EmptyState>
          </Card>
        ) : (
          <>
            <UsageFigures usage={usage} />
            <Card title={t('overTime')}>
              <RequestChart
                title={t('overTime')}
                series={usage.series}
                isByHour={interval === 'hour'}
              />
            </Card>
            <EndpointTable rows={usage.endpoints} />
            <KeyTable rows={usage.keys} />
          </>
        )}
        <MeterStats usage={usage} />
      </div>
    </>
  )
}
