import { useTranslation } from 'react-i18next'
import type { Refused } from '../../../core/http/refused.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form, TextField } from '../../../ui/form.tsx'
import { Card } from '../../../ui/page.tsx'

/** Two ways to a new password: a link for the person, or one that the operator sets. */
export function PasswordCard({
  minLength,
  state,
}: {
  minLength: number
  state: Refused | undefined
}) {
  const { t } = useTranslation('customers')
  return (
    <Card title={t('password')}>
      <Form method="post" action="?form=link" className="grid gap-3">
        <p className="text-n11">{t('linkText')}</p>
        <Button look="secondary" className="justify-self-start">
          {t('sendLink')}
        </Button>
      </Form>
      <Form
        method="post"
        action="?form=password"
        state={state}
        className="mt-5 grid gap-4 border-n6 border-t pt-5"
      >
        <ErrorSummary />
        <TextField
          name="password"
          type="password"
          label={t('newPassword')}
          hint={t('setPasswordHint', { count: minLength })}
          autoComplete="new-password"
        />
        <Button look="secondary" className="justify-self-start">
          {t('setPassword')}
        </Button>
      </Form>
    </Card>
  )
}

/** For an address that its owner cannot or need not confirm. */
export function VerifyCard({ email }: { email: string }) {
  const { t } = useTranslation('customers')
  return (
    <Card title={t('address')}>
      <Form method="post" action="?form=verify" className="grid gap-3">
        <p className="text-n11">{t('verifyText', { email })}</p>
        <Button look="secondary" className="justify-self-start">
          {t('verify')}
        </Button>
      </Form>
    </Card>
  )
}
