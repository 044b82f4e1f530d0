import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Refused } from '../../../core/http/refused.ts'
import { Button } from '../../../ui/button.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { ErrorSummary, Form, TextArea } from '../../../ui/form.tsx'
import { useFormat } from '../../../ui/format.ts'
import type { CustomerHead } from '../customer.ts'

type UserDialogProps = { head: CustomerHead; state: Refused | undefined; isInPage: boolean }

/** Asks before a suspension what for, and says what stops. */
export function SuspendDialog({ head, state, isInPage }: UserDialogProps) {
  const { t } = useTranslation('customers')
  const { user } = head
  return (
    <Dialog
      id="suspend"
      title={t('suspendTitle', { name: user.name || user.email })}
      isInPage={isInPage || state !== undefined}
    >
      <Form
        method="post"
        action={`/admin/users/${user.id}?form=suspend`}
        state={state}
        className="grid gap-4"
      >
        <ErrorSummary />
        <p className="text-n11">{t('suspendText')}</p>
        <Consequences head={head} />
        <TextArea
          name="reason"
          label={t('reason')}
          hint={t('reasonHint')}
          rows={3}
          maxLength={500}
        />
        <Button look="danger" className="justify-self-start">
          {t('suspend')}
        </Button>
      </Form>
    </Dialog>
  )
}

/** Asks before a deletion, and says all that goes. */
export function DeleteDialog({ head, state, isInPage }: UserDialogProps) {
  const { t } = useTranslation('customers')
  const { user, others } = head
  return (
    <Dialog
      id="delete"
      title={t('deleteTitle', { name: user.name || user.email })}
      isInPage={isInPage || state !== undefined}
    >
      <Form
        method="post"
        action={`/admin/users/${user.id}?form=delete`}
        state={state}
        className="grid gap-4"
      >
        <ErrorSummary />
        <p className="break-words text-n11">
          {t(user.organization_id === null ? 'deleteMemberText' : 'deleteText', {
            email: user.email,
          })}
        </p>
        <Consequences head={head}>
          {others > 0 && <li>{t('othersLose', { count: others })}</li>}
        </Consequences>
        <Button look="danger" className="justify-self-start">
          {t('deleteConfirm')}
        </Button>
      </Form>
    </Dialog>
  )
}

function Consequences({ head, children }: { head: CustomerHead; children?: ReactNode }) {
  const { t } = useTranslation('customers')
  const format = useFormat()
  const { liveKeys, requestsLastHour } = head
  return (
    <ul className="grid list-disc gap-1 pl-5">
      <li>{t('keysStop', { count: liveKeys, number: format.number(liveKeys) })}</li>
      {liveKeys > 0 && (
        <li>
          {t('usedInHour', { count: requestsLastHour, number: format.number(requestsLastHour) })}
        </li>
      )}
      {children}
    </ul>
  )
}
