import { useTranslation } from 'react-i18next'
import type { Refused } from '../../../core/http/refused.ts'
import { Button, LinkButton } from '../../../ui/button.tsx'
import { Disclosure } from '../../../ui/disclosure.tsx'
import { ErrorSummary, Form } from '../../../ui/form.tsx'
import { useFormat } from '../../../ui/format.ts'
import { Badge, Notice } from '../../../ui/notice.tsx'
import { Card } from '../../../ui/page.tsx'
import { CodeField, PasswordField } from './proof-fields.tsx'

type TwoFactorCardProps = {
  enabledAt: string | null
  codesLeft: number
  isOffered: boolean
  removal?: Refused
}

/** Whether signing in asks for a code, and the way there and back. */
export function TwoFactorCard({ enabledAt, codesLeft, isOffered, removal }: TwoFactorCardProps) {
  const { t } = useTranslation('factors')
  const format = useFormat()
  if (enabledAt === null && !isOffered) return null
  const title = (
    <span id="two-factor" className="inline-flex flex-wrap items-center gap-2">
      {t('twoFactor')}
      <Badge tone={enabledAt ? 'ok' : 'neutral'}>{enabledAt ? t('on') : t('off')}</Badge>
    </span>
  )
  if (enabledAt === null) {
    return (
      <Card title={title}>
        <p className="mb-4 text-n11">{t('about')}</p>
        <LinkButton to="/settings/security/two-factor">{t('setUp')}</LinkButton>
      </Card>
    )
  }
  return (
    <Card title={title}>
      <div className="grid gap-4">
        <p className="text-n11">{t('since', { date: format.date(enabledAt) })}</p>
        {codesLeft <= 3 && (
          <Notice tone="warn" title={t('fewCodes', { count: codesLeft })}>
            {t('fewCodesText')}
          </Notice>
        )}
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <LinkButton to="/settings/security/recovery-codes">{t('newCodes')}</LinkButton>
          <span className="text-[13px] text-n11">{t('codesLeft', { count: codesLeft })}</span>
        </div>
        <Disclosure summary={t('turnOff')} isOpen={removal !== undefined}>
          <Form method="post" action="?form=two-factor-off" state={removal} className="grid gap-4">
            <p className="text-n11">{t('turnOffText')}</p>
            <ErrorSummary />
            <PasswordField />
            <CodeField hint={t('codeHint')} />
            <Button look="danger" className="justify-self-start">
              {t('turnOffConfirm')}
            </Button>
          </Form>
        </Disclosure>
      </div>
    </Card>
  )
}
