import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { isAdmin, requireStaff } from '../../../core/actor.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { useFormat } from '../../../ui/format.ts'
import { Card, EmptyState, PageHeader } from '../../../ui/page.tsx'
import { RequestChart } from '../../../ui/request-chart.tsx'
import { Stat } from '../../../ui/stat.tsx'
import { Table } from '../../../ui/table.tsx'
import { countUsers } from '../../accounts/list-users.ts'
import { getUsageOfAll, lastDays } from '../../usage/usage.ts'
import type { Route } from './+types/admin-home'

export async function loader({ context }: Route.LoaderArgs) {
  const { app, actor, timeZone } = context.get(pageContext)
  requireStaff(actor)
  if (!isAdmin(actor)) return null
  const query = { interval: 'day' as const, ...lastDays(app, 30, timeZone) }
  const [usage, customers] = await Promise.all([
    getUsageOfAll(app, actor, query, timeZone),
    countUsers(app, actor),
  ])
  return { usage, customers }
}

export default function AdminHome({ loaderData }: Route.ComponentProps) {
  return loaderData ? <OperatorHome {...loaderData} /> : <AgentHome />
}

/** What an agent finds who asks for the operator's home. */
function AgentHome() {
  const { t } = useTranslation('admin')
  return (
    <>
      <title>{t('agentTitle')}</title>
      <PageHeader title={t('agentTitle')} description={t('agentText')} />
    </>
  )
}

type OperatorHomeProps = NonNullable<Awaited<ReturnType<typeof loader>>>

function OperatorHome({ usage, customers }: OperatorHomeProps) {
  const { t } = useTranslation('admin')
  const { t: home } = useTranslation('home')
  const format = useFormat()
  const { totals, series } = usage
  return (
    <>
      <title>{t('home')}</title>
      <PageHeader title={t('home')} description={t('homeText')} />
      <div className="grid gap-8">
        <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-4">
          <Stat
            label={t('customers')}
            to="/admin/users"
            value={format.number(customers.total)}
            detail={t('suspendedCount', { number: format.number(customers.suspended) })}
          />
          <Stat
            label={t('requests30')}
            to="/admin/usage"
            value={format.number(totals.requests)}
            trend={series.map((row) => row.requests)}
          />
          <Stat
            label={t('errors30')}
            value={totals.requests === 0 ? '–' : format.percent(totals.errors / totals.requests)}
            detail={home('errorsOf', {
              errors: format.number(totals.errors),
              total: format.number(totals.requests),
            })}
            trend={series.map((row) => row.errors)}
          />
          <Stat
            label={home('p95')}
            value={format.duration(totals.latency_ms.p95)}
            detail={home('last30')}
          />
        </div>
        <Card title={home('byDay')}>
          <RequestChart title={home('byDay')} series={series} />
        </Card>
        <Card title={t('busiest')} flush>
          {usage.organizations.length === 0 ? (
            <EmptyState title={home('nothingRecent')} />
          ) : (
            <Table
              caption={t('busiest')}
              rows={usage.organizations}
              keyOf={(row) => row.organization_id}
              columns={[
                {
                  title: t('customer'),
                  isHead: true,
                  cell: (row) =>
                    row.owner_email ? (
                      <Link
                        className="underline-offset-2 hover:underline"
                        to={`/admin/users/${encodeURIComponent(row.owner_email)}`}
                      >
                        {row.name ?? row.owner_email}
                      </Link>
                    ) : (
                      row.organization_id
                    ),
                },
                { title: t('plan'), cell: (row) => row.plan ?? '–' },
                {
                  title: home('requests'),
                  isNumber: true,
                  cell: (row) => format.number(row.requests),
                },
                { title: home('errors'), isNumber: true, cell: (row) => format.number(row.errors) },
                {
                  title: 'p95',
                  isNumber: true,
                  cell: (row) => format.duration(row.latency_ms.p95),
                },
              ]}
            />
          )}
        </Card>
      </div>
    </>
  )
}
