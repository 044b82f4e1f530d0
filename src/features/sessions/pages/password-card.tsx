import { useTranslation } from 'react-i18next'
import type { Refused } from '../../../core/http/refused.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form, TextField } from '../../../ui/form.tsx'
import { Card } from '../../../ui/page.tsx'

/** Changes the password. `email` tells password managers whose it is. */
export function PasswordCard({ email, state }: { email: string; state?: Refused }) {
  const { t } = useTranslation('accounts')
  return (
    <Card title={t('changePassword')}>
      <Form method="post" action="?form=password" state={state} className="grid gap-4">
        <ErrorSummary />
        <input
          type="text"
          name="intent"
          autoComplete="username"
          defaultValue={email}
          hidden
          readOnly
        />
        <TextField
          name="current_password"
          type="password"
          label={t('currentPassword')}
          autoComplete="current-password"
        />
        <TextField
          name="new_password"
          type="password"
          label={t('newPassword')}
          autoComplete="new-password"
        />
        <Button look="secondary" className="justify-self-start">
          {t('changePassword')}
        </Button>
      </Form>
    </Card>
  )
}

/** For an account that signs in by other means: has a link mailed to choose a first password. */
export function SetPasswordCard({ email, state }: { email: string; state?: Refused }) {
  const { t } = useTranslation('accounts')
  return (
    <Card title={t('setPassword')}>
      <Form method="post" action="?form=set-password" state={state} className="grid gap-4">
        <ErrorSummary />
        <p className="text-n11">{t('setPasswordText', { email })}</p>
        <Button look="secondary" className="justify-self-start">
          {t('sendLink')}
        </Button>
      </Form>
    </Card>
  )
}
