import { useTranslation } from 'react-i18next'
import type { Refused } from '../../../core/http/refused.ts'
import { Button } from '../../../ui/button.tsx'
import { Disclosure } from '../../../ui/disclosure.tsx'
import { ErrorSummary, Form, TextField } from '../../../ui/form.tsx'

type ConfirmByPasswordProps = { form: string; summary: string; confirm: string; state?: Refused }

/** What the owner's password is asked for: behind `summary`, a button that says what it does. */
export function ConfirmByPassword({ form, summary, confirm, state }: ConfirmByPasswordProps) {
  const { t } = useTranslation('team')
  return (
    <Disclosure summary={summary} isOpen={state !== undefined}>
      <Form method="post" action={`?form=${form}`} state={state} className="grid gap-4">
        <ErrorSummary />
        <TextField
          name="password"
          type="password"
          label={t('password')}
          autoComplete="current-password"
        />
        <Button look="danger" className="justify-self-start">
          {confirm}
        </Button>
      </Form>
    </Disclosure>
  )
}
