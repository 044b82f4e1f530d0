import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { pageContext } from '../../../core/http/page-context.ts'
import { Button, LinkButton } from '../../../ui/button.tsx'
import { Select, TextField } from '../../../ui/form.tsx'
import { Badge, Notice } from '../../../ui/notice.tsx'
import { Card, EmptyState, PageHeader } from '../../../ui/page.tsx'
import { Pagination, Table } from '../../../ui/table.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import { listPlans } from '../../plans/plans.ts'
import { listUsers } from '../list-users.ts'
import { ListUsers } from '../user-input.ts'
import { toUserJson } from '../user-json.ts'
import type { Route } from './+types/admin-users'

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const search = new URL(request.url).searchParams
  const given = Object.fromEntries([...search].filter(([, value]) => value !== ''))
  const parsed = ListUsers.safeParse(given)
  const query = parsed.success ? parsed.data : ListUsers.parse({})
  const page = await listUsers(app, actor, query)
  const plans = await listPlans(app)
  return {
    users: page.data.map(toUserJson),
    nextCursor: page.next_cursor,
    plans: plans.map(({ id, slug, name }) => ({ id, slug, name })),
    filter: { q: given.q ?? '', plan_id: given.plan_id ?? '', status: given.status ?? '' },
    isDeleted: search.has('deleted'),
    now: app.now().getTime(),
  }
}

export const userTones = { active: 'ok', pending: 'warn', suspended: 'bad' } as const

export default function AdminUsers({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('admin')
  const { users, plans, filter, nextCursor, isDeleted, now } = loaderData
  const planName = (id: string | null) => plans.find((plan) => plan.id === id)?.name ?? '–'
  const any = { value: '', label: t('any') }
  return (
    <>
      <title>{t('customers')}</title>
      <PageHeader
        title={t('customers')}
        actions={
          <LinkButton look="primary" to="/admin/users/new">
            {t('addUser')}
          </LinkButton>
        }
      />
      <div className="grid gap-4">
        {isDeleted && <Notice tone="ok">{t('deleted')}</Notice>}
        <form method="get" className="flex flex-wrap items-end gap-3">
          <TextField
            name="q"
            type="search"
            label={t('search')}
            defaultValue={filter.q}
            placeholder={t('searchHint')}
          />
          <Select
            name="plan_id"
            label={t('plan')}
            defaultValue={filter.plan_id}
            options={[any, ...plans.map(({ slug, name }) => ({ value: slug, label: name }))]}
          />
          <Select
            name="status"
            label={t('state')}
            defaultValue={filter.status}
            options={[
              any,
              ...(['active', 'pending', 'suspended'] as const).map((value) => ({
                value,
                label: t(`status.${value}`),
              })),
            ]}
          />
          <Button look="secondary">{t('show')}</Button>
        </form>
        <Card flush>
          {users.length === 0 ? (
            <EmptyState title={t('noUsers')} />
          ) : (
            <Table
              caption={t('customers')}
              rows={users}
              keyOf={(user) => user.id}
              columns={[
                {
                  title: t('email'),
                  isHead: true,
                  cell: (user) => (
                    <Link
                      className="underline-offset-2 hover:underline"
                      to={`/admin/users/${user.id}`}
                    >
                      {user.email}
                    </Link>
                  ),
                },
                { title: t('name'), cell: (user) => user.name || '–' },
                { title: t('plan'), cell: (user) => planName(user.plan_id) },
                {
                  title: t('state'),
                  cell: (user) => (
                    <span className="flex gap-1">
                      <Badge tone={userTones[user.status]}>{t(`status.${user.status}`)}</Badge>
                      {user.role !== 'customer' && <Badge>{t(`role.${user.role}`)}</Badge>}
                    </span>
                  ),
                },
                {
                  title: t('created'),
                  cell: (user) => <RelativeTime value={user.created_at} now={now} />,
                },
                {
                  title: t('lastLogin'),
                  cell: (user) => <RelativeTime value={user.last_login_at} now={now} />,
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
