import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { can } from '../../../core/actor.ts'
import { checked } from '../../../core/http/checked.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { PageQuery } from '../../../core/http/pagination.ts'
import { LinkButton } from '../../../ui/button.tsx'
import { useFormat } from '../../../ui/format.ts'
import { Notice } from '../../../ui/notice.tsx'
import { Card, EmptyState, PageHeader } from '../../../ui/page.tsx'
import { Pagination, Table } from '../../../ui/table.tsx'
import { listWebhooks } from '../webhooks.ts'
import type { Route } from './+types/portal-webhooks'
import { WebhookEvents, WebhookState } from './webhook-state.tsx'

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const search = new URL(request.url).searchParams
  const query = checked(PageQuery, { cursor: search.get('cursor') ?? undefined })
  const page = await listWebhooks(app, actor, query)
  return {
    webhooks: page.data,
    nextCursor: page.next_cursor,
    isEditor: can(actor, 'webhooks:write'),
    isRemoved: search.has('removed'),
  }
}

export default function Webhooks({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('webhooks')
  const format = useFormat()
  const { webhooks, nextCursor, isEditor, isRemoved } = loaderData
  const create = isEditor && (
    <LinkButton look="primary" to="/webhooks/new">
      {t('create')}
    </LinkButton>
  )
  return (
    <>
      <title>{t('title')}</title>
      <PageHeader title={t('title')} description={t('about')} actions={create} />
      <div className="grid gap-4">
        {isRemoved && <Notice tone="ok">{t('removed')}</Notice>}
        <Card flush>
          {webhooks.length === 0 ? (
            <EmptyState title={t('none')} action={create}>
              {t('noneText')}
            </EmptyState>
          ) : (
            <Table
              caption={t('title')}
              rows={webhooks}
              keyOf={(row) => row.id}
              columns={[
                {
                  title: t('url'),
                  isHead: true,
                  cell: (row) => (
                    <>
                      <Link
                        to={`/webhooks/${row.id}`}
                        className="break-all underline-offset-2 hover:underline"
                      >
                        {row.url}
                      </Link>
                      {(row.description || row.is_alerts) && (
                        <span className="block font-normal text-n11">
                          {row.description || t('ofAlerts')}
                        </span>
                      )}
                    </>
                  ),
                },
                { title: t('state'), cell: (row) => <WebhookState webhook={row} hasTime /> },
                { title: t('events'), cell: (row) => <WebhookEvents webhook={row} /> },
                { title: t('madeOn'), cell: (row) => format.date(row.created_at) },
              ]}
            />
          )}
          <Pagination nextCursor={nextCursor} />
        </Card>
      </div>
    </>
  )
}
