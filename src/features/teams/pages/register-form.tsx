import { useTranslation } from 'react-i18next'
import type { Refused } from '../../../core/http/refused.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form, TextField } from '../../../ui/form.tsx'

type RegisterFormProps = { email: string; minLength: number; state?: Refused }

/** Makes an account for the invited address. */
export function RegisterForm({ email, minLength, state }: RegisterFormProps) {
  const { t } = useTranslation('team')
  return (
    <Form method="post" action="?form=register" state={state} className="grid gap-4">
      <ErrorSummary />
      <p className="text-n11">{t('newAccount', { email })}</p>
      {/* Tells password managers whose it is. */}
      <input
        type="text"
        name="intent"
        autoComplete="username"
        defaultValue={email}
        hidden
        readOnly
      />
      <TextField name="name" label={t('name')} hint={t('nameHint')} autoComplete="name" />
      <TextField
        name="password"
        type="password"
        label={t('newPassword')}
        hint={t('passwordHint', { count: minLength })}
        autoComplete="new-password"
        required
      />
      <Button>{t('register')}</Button>
    </Form>
  )
}
