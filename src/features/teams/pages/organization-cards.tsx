import { useTranslation } from 'react-i18next'
import type { Refused } from '../../../core/http/refused.ts'
import { Button, LinkButton } from '../../../ui/button.tsx'
import { Disclosure } from '../../../ui/disclosure.tsx'
import { ErrorSummary, Form, TextField } from '../../../ui/form.tsx'
import { Card } from '../../../ui/page.tsx'
import { ConfirmByPassword } from './confirm-by-password.tsx'

/** What its owner can change about the organization itself. */
export function OrganizationCard({ name, state }: { name: string; state?: Refused }) {
  const { t } = useTranslation('team')
  return (
    <Card title={t('organization')}>
      <Form method="post" action="?form=rename" state={state} className="grid gap-4">
        <ErrorSummary />
        <TextField
          name="name"
          label={t('organizationName')}
          hint={t('organizationNameHint')}
          defaultValue={name}
          maxLength={80}
          autoComplete="organization"
        />
        <Button look="secondary" className="justify-self-start">
          {t('rename')}
        </Button>
      </Form>
    </Card>
  )
}

type DeleteCardProps = { organization: string; hasOthers: boolean; state?: Refused }

export function DeleteCard({ organization, hasOthers, state }: DeleteCardProps) {
  const { t } = useTranslation('team')
  if (hasOthers) {
    return (
      <Card title={t('delete')}>
        <p className="text-n11">{t('deleteOthers', { organization })}</p>
      </Card>
    )
  }
  return (
    <Card title={t('delete')}>
      <p className="mb-4 text-n11">{t('deleteText', { organization })}</p>
      <ConfirmByPassword
        form="delete"
        summary={t('delete')}
        confirm={t('deleteConfirm', { organization })}
        state={state}
      />
    </Card>
  )
}

export function LeaveCard({ organization }: { organization: string }) {
  const { t } = useTranslation('team')
  const title = t('leave', { organization })
  return (
    <Card title={title}>
      <p className="mb-4 text-n11">{t('leaveText')}</p>
      <Disclosure summary={title}>
        <Form method="post" action="?form=leave">
          <Button look="danger">{t('leaveConfirm', { organization })}</Button>
        </Form>
      </Disclosure>
    </Card>
  )
}

/** For members who own none. */
export function OwnOrganizationCard() {
  const { t } = useTranslation('team')
  return (
    <Card title={t('own')}>
      <p className="mb-4 text-n11">{t('ownText')}</p>
      <LinkButton to="/organizations/new">{t('create')}</LinkButton>
    </Card>
  )
}
