import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { can } from '../../../core/actor.ts'
import { checked } from '../../../core/http/checked.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { LinkButton } from '../../../ui/button.tsx'
import { useFormat } from '../../../ui/format.ts'
import { Badge, Notice } from '../../../ui/notice.tsx'
import { Card, EmptyState, PageHeader } from '../../../ui/page.tsx'
import { Pagination, Table } from '../../../ui/table.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import { ViewLinks } from '../../../ui/view-links.tsx'
import { toKeyJson } from '../key-json.ts'
import { ListKeys, listKeys } from '../keys.ts'
import type { Route } from './+types/portal-keys'

const views = ['active', 'revoked', 'all'] as const

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor, branding } = context.get(pageContext)
  const search = new URL(request.url).searchParams
  const view = views.find((name) => name === search.get('status')) ?? 'active'
  const query = checked(ListKeys, {
    status: view,
    limit: 50,
    cursor: search.get('cursor') ?? undefined,
  })
  const page = await listKeys(app, actor, query)
  return {
    view,
    keys: page.data.map((key) => toKeyJson(key, app.now())),
    nextCursor: page.next_cursor,
    isCreator: branding.keyCreationEnabled && can(actor, 'keys:write'),
    isRevoked: search.has('revoked'),
    now: app.now().getTime(),
  }
}

const tones = { active: 'ok', revoked: 'neutral', expired: 'warn' } as const

export default function Keys({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('keys')
  const format = useFormat()
  const { view, keys, nextCursor, isCreator, isRevoked, now } = loaderData
  const create = isCreator && (
    <LinkButton look="primary" to="/keys/new">
      {t('create')}
    </LinkButton>
  )
  return (
    <>
      <title>{t('title')}</title>
      <PageHeader title={t('title')} description={t('about')} actions={create} />
      <div className="grid gap-4">
        {isRevoked && <Notice tone="ok">{t('revokedNow')}</Notice>}
        <ViewLinks
          label={t('views')}
          views={views.map((name) => ({
            to: `?status=${name}`,
            label: t(`view.${name}`),
            isCurrent: name === view,
          }))}
        />
        <Card flush>
          {keys.length === 0 ? (
            <EmptyState
              title={view === 'revoked' ? t('noneRevoked') : t('none')}
              action={view !== 'revoked' && create}
            >
              {isCreator && view !== 'revoked' && t('noneText')}
            </EmptyState>
          ) : (
            <Table
              caption={t('title')}
              rows={keys}
              keyOf={(key) => key.id}
              columns={[
                {
                  title: t('name'),
                  isHead: true,
                  cell: (key) => (
                    <Link to={`/keys/${key.id}`} className="underline-offset-2 hover:underline">
                      {key.name}
                    </Link>
                  ),
                },
                {
                  title: t('key'),
                  cell: (key) => <code className="font-mono text-xs">{key.masked}</code>,
                },
                {
                  title: t('state'),
                  cell: (key) => (
                    <span className="flex flex-wrap gap-1">
                      <Badge tone={tones[key.status]}>{t(`status.${key.status}`)}</Badge>
                      {key.environment === 'test' && <Badge tone="info">{t('test')}</Badge>}
                    </span>
                  ),
                },
                { title: t('scopes'), cell: (key) => key.scopes.join(', ') },
                {
                  title: t('lastUsed'),
                  cell: (key) => (
                    <RelativeTime value={key.last_used_at} now={now} fallback={t('neverUsed')} />
                  ),
                },
                {
                  title: t('thisMonth'),
                  isNumber: true,
                  cell: (key) => format.number(key.requests_this_month),
                },
              ]}
            />
          )}
          <Pagination nextCursor={nextCursor} />
        </Card>
      </div>
    </>
  )
}
