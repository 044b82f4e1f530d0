import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Form } from '../../../ui/form.tsx'
import { Menu, MenuButton, MenuLink } from '../../../ui/menu.tsx'
import { type Column, Table } from '../../../ui/table.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import { UserBadges } from '../../../ui/user-badges.tsx'
import type { AdminUserJson } from '../user-json.ts'

type UserTableProps = {
  users: AdminUserJson[]
  plans: { id: string; name: string }[]
  sort: string
  now: number
}

/** Users, each with what can be done. */
export function UserTable({ users, plans, sort, now }: UserTableProps) {
  const { t } = useTranslation('customers')
  const columns: Column<AdminUserJson>[] = [
    {
      title: t('email'),
      isHead: true,
      sort: { by: 'email' },
      cell: (user) => (
        <Link
          className="break-all font-medium underline-offset-2 hover:underline max-sm:block max-sm:pr-10"
          to={`/admin/users/${user.id}`}
        >
          {user.email}
        </Link>
      ),
    },
    { title: t('name'), sort: { by: 'name' }, cell: (user) => user.name || '–' },
    {
      title: t('plan'),
      sort: { by: 'plan' },
      cell: (user) => plans.find(({ id }) => id === user.plan_id)?.name ?? '–',
    },
    { title: t('state'), sort: { by: 'status' }, cell: (user) => <UserBadges user={user} /> },
    {
      title: t('created'),
      sort: { by: 'created_at', isDownFirst: true },
      cell: (user) => <RelativeTime value={user.created_at} now={now} />,
    },
    {
      title: t('lastLogin'),
      sort: { by: 'last_login_at', isDownFirst: true },
      cell: (user) => <RelativeTime value={user.last_login_at} now={now} fallback={t('never')} />,
    },
    {
      title: t('actions'),
      isAction: true,
      cell: (user) => <UserMenu user={user} />,
    },
  ]
  return (
    <Table
      caption={t('title')}
      rows={users}
      keyOf={(user) => user.id}
      columns={columns}
      sort={sort}
    />
  )
}

/** The ways from a row; what has consequences is asked for on the page of the user. */
function UserMenu({ user }: { user: AdminUserJson }) {
  const { t } = useTranslation('customers')
  const page = `/admin/users/${user.id}`
  const isSuspended = user.status === 'suspended'
  return (
    <Menu label={t('actionsFor', { email: user.email })}>
      <MenuLink to={page}>{t('open')}</MenuLink>
      <MenuLink to={`${page}/edit`}>{t('edit')}</MenuLink>
      {user.role !== 'admin' && (
        <li>
          <Form method="post" action={`${page}/act-as`}>
            <MenuButton>{t('actAs')}</MenuButton>
          </Form>
        </li>
      )}
      {isSuspended ? (
        <li>
          <Form method="post" action={`${page}?form=activate`}>
            <MenuButton>{t('activate')}</MenuButton>
          </Form>
        </li>
      ) : (
        <MenuLink to={`${page}?ask=suspend`}>{t('suspendAsk')}</MenuLink>
      )}
      <MenuLink to={`${page}?ask=delete`} className="text-bad">
        {t('deleteAsk')}
      </MenuLink>
    </Menu>
  )
}
