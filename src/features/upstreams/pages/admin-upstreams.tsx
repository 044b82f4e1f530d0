import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { pageContext } from '../../../core/http/page-context.ts'
import { LinkButton } from '../../../ui/button.tsx'
import { useFormat } from '../../../ui/format.ts'
import { Badge } from '../../../ui/notice.tsx'
import { Card, EmptyState, PageHeader } from '../../../ui/page.tsx'
import { Table } from '../../../ui/table.tsx'
import { listUpstreams, toUpstreamJson } from '../upstreams.ts'
import type { Route } from './+types/admin-upstreams'

export async function loader({ context }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  return { upstreams: (await listUpstreams(app, actor)).map(toUpstreamJson) }
}

export default function AdminUpstreams({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('admin')
  const format = useFormat()
  const create = (
    <LinkButton look="primary" to="/admin/upstreams/new">
      {t('addUpstream')}
    </LinkButton>
  )
  return (
    <>
      <title>{t('upstreams')}</title>
      <PageHeader title={t('upstreams')} description={t('upstreamsText')} actions={create} />
      <Card flush>
        {loaderData.upstreams.length === 0 ? (
          <EmptyState title={t('noUpstreams')} action={create}>
            {t('noUpstreamsText')}
          </EmptyState>
        ) : (
          <Table
            caption={t('upstreams')}
            rows={loaderData.upstreams}
            keyOf={(upstream) => upstream.id}
            columns={[
              {
                title: t('name'),
                isHead: true,
                cell: (upstream) => (
                  <Link
                    className="underline-offset-2 hover:underline"
                    to={`/admin/upstreams/${upstream.id}`}
                  >
                    {upstream.name}
                  </Link>
                ),
              },
              {
                title: t('address'),
                cell: (upstream) => (
                  <code className="font-mono text-xs">{upstream.urls.join(', ')}</code>
                ),
              },
              {
                title: t('timeout'),
                isNumber: true,
                cell: (upstream) => format.duration(upstream.timeout_ms),
              },
              {
                title: t('state'),
                cell: (upstream) => (
                  <Badge tone={upstream.enabled ? 'ok' : 'neutral'}>
                    {upstream.enabled ? t('enabled') : t('disabled')}
                  </Badge>
                ),
              },
            ]}
          />
        )}
      </Card>
    </>
  )
}
