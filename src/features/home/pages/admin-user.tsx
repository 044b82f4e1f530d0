import { useTranslation } from 'react-i18next'
import { Outlet, redirect } from 'react-router'
import { z } from 'zod'
import { pageContext } from '../../../core/http/page-context.ts'
import { type Refused, refusedOf } from '../../../core/http/refused.ts'
import { formOf, submitOneOf } from '../../../core/http/submit.ts'
import { useFormat } from '../../../ui/format.ts'
import { Notice } from '../../../ui/notice.tsx'
import { PageHeader } from '../../../ui/page.tsx'
import { useSentence } from '../../../ui/sentence.ts'
import { Tabs } from '../../../ui/tabs.tsx'
import { deleteUser } from '../../accounts/remove-user.ts'
import { SuspendUser } from '../../accounts/user-input.ts'
import { activateUser, suspendUser } from '../../accounts/users.ts'
import { getCustomerHead } from '../customer.ts'
import type { Route } from './+types/admin-user'
import { DeleteDialog, SuspendDialog } from './user-dialogs.tsx'
import { UserActions, UserSummary } from './user-header.tsx'

const notices = [
  'added',
  'invited',
  'suspended',
  'activated',
  'saved',
  'password',
  'verified',
] as const

export async function loader({ context, params, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const search = new URL(request.url).searchParams
  const done = notices.find((notice) => notice === search.get('done'))
  const head = await getCustomerHead(app, actor, params.id)
  return { ...head, done, ask: search.get('ask'), isSaved: search.has('saved') }
}

export async function action({ context, params, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const page = `/admin/users/${params.id}`
  return submitOneOf(request, {
    suspend: formOf(
      SuspendUser,
      (input) => suspendUser(app, actor, params.id, input),
      `${page}?done=suspended`,
    ),
    activate: formOf(
      z.object({}),
      () => activateUser(app, actor, params.id),
      `${page}?done=activated`,
    ),
    delete: formOf(
      z.object({}),
      () => deleteUser(app, actor, params.id),
      () => redirect('/admin/users?deleted'),
    ),
  })
}

/** What all pages of a user share: who it is, what can be done, and the way between them. */
export default function AdminUser({ loaderData, actionData, params }: Route.ComponentProps) {
  const { t } = useTranslation('customers')
  const { user, ask } = loaderData
  // As the address has it, id or e-mail, so that the tab of this page is known.
  const page = `/admin/users/${params.id}`
  return (
    <>
      <title>{user.email}</title>
      <PageHeader
        title={<span className="break-all">{user.name || user.email}</span>}
        description={<UserSummary head={loaderData} />}
        back={{ to: '/admin/users', label: t('title') }}
        actions={<UserActions user={user} isSelf={loaderData.isSelf} />}
      />
      <Notices {...loaderData} refused={refusedOf(actionData, 'activate')} />
      <SuspendDialog
        head={loaderData}
        state={refusedOf(actionData, 'suspend')}
        isInPage={ask === 'suspend'}
      />
      <DeleteDialog
        head={loaderData}
        state={refusedOf(actionData, 'delete')}
        isInPage={ask === 'delete'}
      />
      <Tabs
        label={t('pages')}
        tabs={[
          { to: page, label: t('overview') },
          { to: `${page}/edit`, label: t('edit') },
        ]}
      />
      <Outlet />
    </>
  )
}

type NoticesProps = Pick<Route.ComponentProps['loaderData'], 'user' | 'done' | 'isSaved'> & {
  refused: Refused | undefined
}

/** What has just happened, and what an operator must know before anything else. */
function Notices({ user, done, isSaved, refused }: NoticesProps) {
  const { t } = useTranslation('customers')
  const format = useFormat()
  const say = useSentence()
  const result = done ?? (isSaved ? 'saved' : undefined)
  const [problem] = refused?.errors ?? []
  const isQuiet = !result && !problem && user.status === 'active'
  if (isQuiet) return null
  return (
    <div className="mb-6 grid gap-4">
      {result && <Notice tone="ok">{t(`done.${result}`)}</Notice>}
      {problem && <Notice tone="bad">{say(problem)}</Notice>}
      {user.status === 'suspended' && (
        <Notice
          tone="bad"
          title={t('suspendedSince', { date: format.date(user.suspended_at ?? user.created_at) })}
        >
          <p className="whitespace-pre-wrap break-words">
            {user.suspension_reason ?? t('noReason')}
          </p>
        </Notice>
      )}
      {user.status === 'pending' && <Notice tone="warn">{t('pendingNote')}</Notice>}
    </div>
  )
}
