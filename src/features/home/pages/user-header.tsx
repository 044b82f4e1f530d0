import { useTranslation } from 'react-i18next'
import { Button } from '../../../ui/button.tsx'
import { DialogButton } from '../../../ui/dialog.tsx'
import { Form } from '../../../ui/form.tsx'
import { UserBadges } from '../../../ui/user-badges.tsx'
import type { AdminUserJson } from '../../accounts/user-json.ts'
import type { CustomerHead } from '../customer.ts'

/** Address, state and plan in a line. */
export function UserSummary({ head: { user, planName } }: { head: CustomerHead }) {
  const { t } = useTranslation('customers')
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
      {user.name && <span className="break-all">{user.email}</span>}
      <UserBadges user={user} />
      <span>{planName === null ? t('noPlan') : t('onPlan', { plan: planName })}</span>
    </span>
  )
}

/** What can be done with a user, the usual first. */
export function UserActions({ user, isSelf }: { user: AdminUserJson; isSelf: boolean }) {
  const { t } = useTranslation('customers')
  const page = `/admin/users/${user.id}`
  return (
    <>
      {user.role !== 'admin' && (
        <Form method="post" action={`${page}/act-as`}>
          <Button look="secondary">{t('actAs')}</Button>
        </Form>
      )}
      {user.status === 'suspended' ? (
        <Form method="post" action={`${page}?form=activate`}>
          <Button look="secondary">{t('activate')}</Button>
        </Form>
      ) : (
        !isSelf && (
          <DialogButton dialog="suspend" look="danger">
            {t('suspendAsk')}
          </DialogButton>
        )
      )}
      {!isSelf && (
        <DialogButton dialog="delete" look="danger">
          {t('deleteAsk')}
        </DialogButton>
      )}
    </>
  )
}
