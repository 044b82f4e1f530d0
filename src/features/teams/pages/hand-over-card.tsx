import { useTranslation } from 'react-i18next'
import type { Refused } from '../../../core/http/submit.ts'
import { Button } from '../../../ui/button.tsx'
import { Disclosure } from '../../../ui/disclosure.tsx'
import { ErrorSummary, Form, TextField } from '../../../ui/form.tsx'
import { Card } from '../../../ui/page.tsx'

type HandOverCardProps = { name: string; organization: string; isActive: boolean; state?: Refused }

/** Makes somebody else the owner, and says what that means. */
export function HandOverCard({ name, organization, isActive, state }: HandOverCardProps) {
  const { t } = useTranslation('team')
  if (!isActive) {
    return (
      <Card title={t('handOver')}>
        <p className="text-n11">{t('handOverInactive')}</p>
      </Card>
    )
  }
  return (
    <Card title={t('handOver')}>
      <p className="mb-4 text-n11">
        {t('handOverText', { name, organization })} {t('handOverOwn', { name })}
      </p>
      <Disclosure summary={t('handOver')} isOpen={state !== undefined}>
        <Form method="post" action="?form=owner" state={state} className="grid gap-4">
          <ErrorSummary />
          <TextField
            name="password"
            type="password"
            label={t('password')}
            autoComplete="current-password"
          />
          <Button look="danger" className="justify-self-start">
            {t('handOverConfirm', { name })}
          </Button>
        </Form>
      </Disclosure>
    </Card>
  )
}
