import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { can, requireOrganization, requireUser } from '../../../core/actor.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { useFormat } from '../../../ui/format.ts'
import { Card, EmptyState, PageHeader } from '../../../ui/page.tsx'
import { RequestChart } from '../../../ui/request-chart.tsx'
import { useShell } from '../../../ui/shell.ts'
import { Meter, Stat } from '../../../ui/stat.tsx'
import { StatusBadge } from '../../../ui/status-badge.tsx'
import { Table } from '../../../ui/table.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import { listKeys } from '../../keys/keys.ts'
import { findSampleRoute } from '../../upstreams/sample-route.ts'
import { getOverview, type OverviewJson } from '../overview.ts'
import type { Route } from './+types/portal-home'
import { Alerts } from './alerts.tsx'
import { FirstSteps } from './first-steps.tsx'
import { NoOrganization } from './no-organization.tsx'
import { PendingHome } from './pending-home.tsx'

export async function loader({ context }: Route.LoaderArgs) {
  const { app, actor, timeZone, branding } = context.get(pageContext)
  const user = requireUser(actor)
  if (user.status !== 'active' || !user.organizationId)
    return { isBare: true, status: user.status } as const
  requireOrganization(actor, 'usage:read')
  const overview = branding.showUsage ? await getOverview(app, actor, timeZone) : null
  const keys = can(actor, 'keys:read')
    ? (await listKeys(app, actor, { status: 'active', limit: 1 })).data
    : []
  const isNew = !overview || overview.totals.requests + overview.requests_this_month === 0
  const sample = isNew ? await findSampleRoute(app) : null
  const keyMasked = keys[0] ? `${keys[0].prefix}...${keys[0].lastFour}` : null
  return {
    isBare: false,
    overview,
    isNew,
    canCreateKeys: can(actor, 'keys:write'),
    seesLogs: can(actor, 'logs:read'),
    keyMasked,
    sample,
    publicUrl: app.config.publicUrl,
    now: app.now().getTime(),
  } as const
}

export default function PortalHome({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('home')
  const { user, branding, timeZone } = useShell()
  if (loaderData.isBare) return <Bare status={loaderData.status} />
  const { overview, isNew, canCreateKeys, seesLogs, now } = loaderData
  const greeting = user?.name ? t('hello', { name: user.name.split(' ')[0] }) : t('overview')
  return (
    <>
      <title>{t('overview')}</title>
      <PageHeader title={greeting} description={branding.welcomeMessage ?? undefined} />
      <div className="grid gap-8">
        {isNew && overview && !canCreateKeys && (
          <Card>
            <EmptyState title={t('nothingRecent')}>{t('nothingYetText')}</EmptyState>
          </Card>
        )}
        {isNew && canCreateKeys && (
          <FirstSteps
            keyMasked={loaderData.keyMasked}
            sample={loaderData.sample}
            publicUrl={loaderData.publicUrl}
          />
        )}
        {overview && <Alerts alerts={overview.alerts} />}
        {!isNew && overview && <Figures overview={overview} seesLogs={seesLogs} />}
        {!isNew && overview && (
          <>
            <Card title={t('byDay')} actions={<DaysIn zone={timeZone} />}>
              <RequestChart title={t('byDay')} series={overview.series} />
            </Card>
            <div className={`grid items-start gap-8 ${seesLogs ? 'xl:grid-cols-2' : ''}`}>
              <TopEndpoints overview={overview} />
              {seesLogs && <Recent overview={overview} now={now} />}
            </div>
          </>
        )}
      </div>
    </>
  )
}

/** What there is before there are figures. */
function Bare({ status }: { status: 'active' | 'pending' | 'suspended' }) {
  if (status === 'pending') return <PendingHome />
  return status === 'active' ? <NoOrganization /> : null
}

function Figures({ overview, seesLogs }: { overview: OverviewJson; seesLogs: boolean }) {
  const { t } = useTranslation('home')
  const format = useFormat()
  const { quota, rate, error_rate, p95_ms, series, totals } = overview
  const used = format.number(quota.used)
  const resets = t('resets', { date: format.moment(quota.resets_at) })
  const reaches = quota.forecast?.reaches_limit_at
  return (
    <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-4">
      <Stat
        label={t('thisMonth')}
        to="/usage"
        value={
          quota.limit === null ? used : t('ofLimit', { used, limit: format.number(quota.limit) })
        }
        detail={reaches ? t('reachesOn', { resets, date: format.day(reaches) }) : resets}
        trend={series.map((row) => row.requests)}
      >
        {quota.limit !== null && (
          <Meter
            value={quota.used}
            max={quota.limit}
            label={t('ofLimit', { used, limit: format.number(quota.limit) })}
          />
        )}
      </Stat>
      <Stat
        label={t('rateNow')}
        to="/usage"
        value={
          rate.limit_per_minute === null
            ? format.number(rate.current_per_minute)
            : t('ofLimit', {
                used: format.number(rate.current_per_minute),
                limit: format.number(rate.limit_per_minute),
              })
        }
        detail={t('perMinute')}
        trend={overview.last_hour}
      >
        {rate.limit_per_minute !== null && (
          <Meter value={rate.current_per_minute} max={rate.limit_per_minute} label={t('rateNow')} />
        )}
      </Stat>
      <Stat
        label={t('errorRate')}
        to={seesLogs ? '/logs?status=4xx' : '/usage'}
        value={error_rate === null ? '–' : format.percent(error_rate)}
        detail={t('errorsOf', {
          errors: format.number(totals.errors),
          total: format.number(totals.requests),
        })}
        trend={series.map((row) => row.errors)}
      />
      <Stat
        label={t('p95')}
        to="/usage"
        value={format.duration(p95_ms)}
        detail={t('last30')}
        trend={series.map((row) => row.latency_ms.p95 ?? 0)}
      />
    </div>
  )
}

/** Whose days they are. */
function DaysIn({ zone }: { zone: string }) {
  const { t } = useTranslation('home')
  return <p className="text-[13px] text-n11">{t('daysIn', { zone })}</p>
}

function TopEndpoints({ overview }: { overview: OverviewJson }) {
  const { t } = useTranslation('home')
  const format = useFormat()
  return (
    <Card title={t('topEndpoints')} flush>
      <Table
        caption={t('topEndpoints')}
        rows={overview.endpoints}
        keyOf={(row) => `${row.method} ${row.route_id}`}
        columns={[
          {
            title: t('endpoint'),
            isHead: true,
            cell: (row) => (
              <code className="font-mono text-xs">
                {row.method} {row.path ?? '–'}
              </code>
            ),
          },
          { title: t('requests'), isNumber: true, cell: (row) => format.number(row.requests) },
          { title: t('errors'), isNumber: true, cell: (row) => format.number(row.errors) },
          { title: 'p95', isNumber: true, cell: (row) => format.duration(row.latency_ms.p95) },
        ]}
      />
    </Card>
  )
}

function Recent({ overview, now }: { overview: OverviewJson; now: number }) {
  const { t } = useTranslation('home')
  return (
    <Card title={t('recent')} flush>
      {overview.recent.length === 0 ? (
        <EmptyState title={t('nothingRecent')} />
      ) : (
        <Table
          caption={t('recent')}
          rows={overview.recent}
          keyOf={(row) => row.id}
          columns={[
            {
              title: t('request'),
              isHead: true,
              cell: (row) => (
                <Link to={`/logs/${row.id}`} className="font-mono text-xs hover:underline">
                  {row.method} {row.path}
                </Link>
              ),
            },
            { title: t('status'), cell: (row) => <StatusBadge status={row.status} /> },
            { title: t('when'), cell: (row) => <RelativeTime value={row.time} now={now} /> },
          ]}
        />
      )}
    </Card>
  )
}
