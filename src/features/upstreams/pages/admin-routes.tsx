import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { pageContext } from '../../../core/http/page-context.ts'
import { LinkButton } from '../../../ui/button.tsx'
import { Badge } from '../../../ui/notice.tsx'
import { Card, EmptyState, PageHeader } from '../../../ui/page.tsx'
import { Table } from '../../../ui/table.tsx'
import { listRoutes, toRouteJson } from '../routes.ts'
import type { Route } from './+types/admin-routes'

export async function loader({ context }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  return { routes: (await listRoutes(app, actor)).map(toRouteJson) }
}

export default function AdminRoutes({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('admin')
  const create = (
    <LinkButton look="primary" to="/admin/routes/new">
      {t('addRoute')}
    </LinkButton>
  )
  return (
    <>
      <title>{t('routes')}</title>
      <PageHeader title={t('routes')} description={t('routesText')} actions={create} />
      <Card flush>
        {loaderData.routes.length === 0 ? (
          <EmptyState title={t('noRoutes')} action={create}>
            {t('noRoutesText')}
          </EmptyState>
        ) : (
          <Table
            caption={t('routes')}
            rows={loaderData.routes}
            keyOf={(route) => route.id}
            columns={[
              {
                title: t('name'),
                isHead: true,
                cell: (route) => (
                  <Link
                    className="underline-offset-2 hover:underline"
                    to={`/admin/routes/${route.id}`}
                  >
                    {route.name}
                  </Link>
                ),
              },
              {
                title: t('path'),
                cell: (route) => (
                  <code className="font-mono text-xs">
                    {route.methods.join(', ') || t('any')} {route.host ?? ''}
                    {route.path}
                  </code>
                ),
              },
              { title: t('upstream'), cell: (route) => route.upstream.name },
              {
                title: t('state'),
                cell: (route) => (
                  <span className="flex gap-1">
                    <Badge tone={route.enabled ? 'ok' : 'neutral'}>
                      {route.enabled ? t('enabled') : t('disabled')}
                    </Badge>
                    {!route.auth_required && <Badge tone="warn">{t('public')}</Badge>}
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
