import { useTranslation } from 'react-i18next'
import { redirect } from 'react-router'
import { requireUser } from '../../../core/actor.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { submit } from '../../../core/http/submit.ts'
import { Button, LinkButton } from '../../../ui/button.tsx'
import { ErrorSummary, Form } from '../../../ui/form.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Card } from '../../../ui/page.tsx'
import { getTwoFactor, renewRecoveryCodes } from '../two-factor.ts'
import type { Route } from './+types/portal-recovery-codes'
import { BothForm } from './both-form.ts'
import { CodeField, PasswordField } from './proof-fields.tsx'
import { RecoveryCodesBox } from './recovery-codes-box.tsx'

export async function loader({ context }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const { enabledAt } = await getTwoFactor(app, actor)
  if (enabledAt === null) throw redirect('/settings/security#two-factor')
  return { email: requireUser(actor).email }
}

/** The codes are in the answer to this form alone: a reload does not bring them back. */
export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  return submit(BothForm, request, (input) => renewRecoveryCodes(app, actor, input))
}

export default function RecoveryCodes({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('factors')
  const { t: common } = useTranslation()
  const codes = actionData && 'result' in actionData ? actionData.result : undefined
  if (codes) {
    return (
      <Card title={t('recoveryCodes')}>
        <title>{t('recoveryCodes')}</title>
        <div className="grid gap-5">
          <Notice tone="warn" title={t('storeNow')}>
            {t('storeNowText')}
          </Notice>
          <RecoveryCodesBox codes={codes} email={loaderData.email} />
          <LinkButton look="primary" to="/settings/security" className="justify-self-start">
            {t('stored')}
          </LinkButton>
        </div>
      </Card>
    )
  }
  return (
    <Card title={t('newCodes')}>
      <title>{t('newCodes')}</title>
      <Form method="post" state={refusedOf(actionData)} className="grid gap-4">
        <p className="text-n11">{t('newCodesText')}</p>
        <ErrorSummary />
        <PasswordField />
        <CodeField hint={t('codeHint')} />
        <div className="flex flex-wrap gap-2">
          <Button>{t('makeCodes')}</Button>
          <LinkButton look="ghost" to="/settings/security">
            {common('cancel')}
          </LinkButton>
        </div>
      </Form>
    </Card>
  )
}
