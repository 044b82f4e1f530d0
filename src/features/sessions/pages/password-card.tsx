import { useTranslation } from 'react-i18next'
import type { Refused } from '../../../core/http/submit.ts'
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
