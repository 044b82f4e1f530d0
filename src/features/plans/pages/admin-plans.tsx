import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { requireAdmin } from '../../../core/actor.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { LinkButton } from '../../../ui/button.tsx'
import { useFormat } from '../../../ui/format.ts'
import { Badge } from '../../../ui/notice.tsx'
import { Card, EmptyState, PageHeader } from '../../../ui/page.tsx'
import { Table } from '../../../ui/table.tsx'
import { toPlanJson } from '../plan-json.ts'
import { listPlans } from '../plans.ts'
import type { Route } from './+types/admin-plans'

export async function loader({ context }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  requireAdmin(actor)
  return { plans: (await listPlans(app)).map(toPlanJson) }
}

export default function AdminPlans({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('admin')
  const { t: common } = useTranslation()
  const format = useFormat()
  const limit = (value: number | null) =>
    value === null ? common('unlimited') : format.number(value)
  const create = (
    <LinkButton look="primary" to="/admin/plans/new">
      {t('addPlan')}
    </LinkButton>
  )
  return (
    <>
      <title>{t('plans')}</title>
      <PageHeader title={t('plans')} description={t('plansText')} actions={create} />
      <Card flush>
        {loaderData.plans.length === 0 ? (
          <EmptyState title={t('noPlans')} action={create}>
            {t('noPlansText')}
          </EmptyState>
        ) : (
          <Table
            caption={t('plans')}
            rows={loaderData.plans}
            keyOf={(plan) => plan.id}
            columns={[
              {
                title: t('name'),
                isHead: true,
                cell: (plan) => (
                  <Link
                    className="underline-offset-2 hover:underline"
                    to={`/admin/plans/${plan.slug}`}
                  >
                    {plan.name}
                  </Link>
                ),
              },
              {
                title: t('price'),
                isNumber: true,
                cell: (plan) => format.money(plan.price_monthly, plan.currency),
              },
              {
                title: t('perMinute'),
                isNumber: true,
                cell: (plan) => limit(plan.rate_limit_per_minute),
              },
              {
                title: t('perMonth'),
                isNumber: true,
                cell: (plan) => limit(plan.requests_per_month),
              },
              { title: t('maxKeys'), isNumber: true, cell: (plan) => limit(plan.max_api_keys) },
              {
                title: t('state'),
                cell: (plan) => (
                  <span className="flex gap-1">
                    <Badge tone={plan.enabled ? 'ok' : 'neutral'}>
                      {plan.enabled ? t('enabled') : t('disabled')}
                    </Badge>
                    {plan.is_default && <Badge tone="info">{t('default')}</Badge>}
                  </span>
                ),
              },
            ]}
          />
        )}
      </Card>
    </>
  )
}
