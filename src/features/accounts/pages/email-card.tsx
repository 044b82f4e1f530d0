import { useTranslation } from 'react-i18next'
import type { Refused } from '../../../core/http/refused.ts'
import { Button, LinkButton } from '../../../ui/button.tsx'
import { ErrorSummary, Form, TextField } from '../../../ui/form.tsx'
import { useFormat } from '../../../ui/format.ts'
import { Badge, Notice } from '../../../ui/notice.tsx'
import { Card } from '../../../ui/page.tsx'

export type WaitingChange = {
  newEmail: string
  isNewAgreed: boolean
  isOldAgreed: boolean
  expiresAt: string
}

type Props = {
  email: string
  isConfirmed: boolean
  /** The account waits for its first confirmation: the present address is not asked. */
  isFirst: boolean
  hasPassword: boolean
  waiting: WaitingChange | null
  state?: Refused
}

/** The person's address, the change of it that waits, and the way to ask for one. */
export function EmailCard(props: Props) {
  const { t } = useTranslation('accounts')
  const { email, isConfirmed, isFirst, hasPassword, waiting, state } = props
  return (
    <Card title={t('emailAddress')}>
      <p className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="min-w-0 break-all font-medium">{email}</span>
        <Badge tone={isConfirmed ? 'ok' : 'neutral'}>
          {t(isConfirmed ? 'emailConfirmed' : 'emailNotConfirmed')}
        </Badge>
      </p>
      {waiting && <Waiting email={email} isFirst={isFirst} change={waiting} />}
      <details open={state !== undefined}>
        <summary className="w-fit rounded-lg border border-n7 px-3.5 py-1.5 font-medium hover:bg-n3">
          {t('changeEmail')}
        </summary>
        {hasPassword ? (
          <Form method="post" action="?form=email" state={state} className="mt-4 grid gap-4">
            <p className="text-n11">{t(isFirst ? 'changeEmailFirstText' : 'changeEmailText')}</p>
            <ErrorSummary />
            <TextField name="email" type="email" label={t('newEmail')} autoComplete="email" />
            <TextField
              name="password"
              type="password"
              label={t('password')}
              autoComplete="current-password"
            />
            <Button look="secondary" className="justify-self-start">
              {t(isFirst ? 'sendConfirmation' : 'askBoth')}
            </Button>
          </Form>
        ) : (
          <div className="mt-4 grid justify-items-start gap-3">
            <p className="text-n11">{t('passwordMissing')}</p>
            <LinkButton to="/settings/security">{t('setPassword')}</LinkButton>
          </div>
        )}
      </details>
    </Card>
  )
}

function Waiting({
  email,
  isFirst,
  change,
}: {
  email: string
  isFirst: boolean
  change: WaitingChange
}) {
  const { t } = useTranslation('accounts')
  const format = useFormat()
  const sides = [
    [change.newEmail, change.isNewAgreed],
    [email, change.isOldAgreed],
  ] as const
  return (
    <div className="mb-4">
      <Notice title={t(isFirst ? 'emailWaitsFirst' : 'emailWaits', { email: change.newEmail })}>
        {!isFirst && (
          <ul className="mb-2 grid gap-1">
            {sides.map(([address, isAgreed]) => (
              <li key={address} className="flex flex-wrap items-center gap-x-2">
                <span className="min-w-0 break-all">{address}</span>
                <Badge tone={isAgreed ? 'ok' : 'neutral'}>{t(isAgreed ? 'agreed' : 'waits')}</Badge>
              </li>
            ))}
          </ul>
        )}
        <p>{t('emailWaitsUntil', { time: format.moment(change.expiresAt) })}</p>
        <Form method="post" action="?form=cancel-email" className="mt-3">
          <Button look="secondary">{t('emailCancel')}</Button>
        </Form>
      </Notice>
    </div>
  )
}
