import { useTranslation } from 'react-i18next'
import { redirect } from 'react-router'
import { z } from 'zod'
import { requireUser } from '../../../core/actor.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf, submit } from '../../../core/http/submit.ts'
import { Button, LinkButton } from '../../../ui/button.tsx'
import { CopyButton } from '../../../ui/copy.tsx'
import { Checkbox, ErrorSummary, Form } from '../../../ui/form.tsx'
import { Card } from '../../../ui/page.tsx'
import { Code } from '../codes.ts'
import { confirmTwoFactor, findTwoFactorSetup } from '../two-factor-setup.ts'
import type { Route } from './+types/portal-two-factor-setup'
import { CodeField } from './proof-fields.tsx'
import { drawQrCode, QrCodeImage } from './qr-code.tsx'
import { RecoveryCodesBox } from './recovery-codes-box.tsx'
import { SubHeader } from './sub-header.tsx'

export async function loader({ context }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const { email } = requireUser(actor)
  const setup = await findTwoFactorSetup(app, actor)
  if (!setup) throw redirect('/settings/security#two-factor')
  const { secret, otpauthUrl, recoveryCodes } = setup
  return { email, qrCode: drawQrCode(otpauthUrl), secret, recoveryCodes }
}

const ConfirmForm = z.object({
  code: z.string().default('').pipe(Code),
  stored: z.string({ error: 'Store your recovery codes first, and tick this box' }),
})

export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const answer = await submit(ConfirmForm, request, ({ code }) =>
    confirmTwoFactor(app, actor, code),
  )
  return 'result' in answer ? redirect('/settings/security?done=two-factor#two-factor') : answer
}

/** The three steps of setting up codes; a wrong code loses none of them. */
export default function TwoFactorSetup({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('factors')
  const { t: common } = useTranslation()
  const { email, qrCode, secret, recoveryCodes } = loaderData
  return (
    <>
      <title>{t('setUpTitle')}</title>
      <SubHeader title={t('setUpTitle')} />
      <Card title={t('stepScan')}>
        <div className="flex flex-wrap items-start gap-5">
          <QrCodeImage {...qrCode} label={t('qrCode')} />
          <div className="grid min-w-0 flex-1 basis-60 justify-items-start gap-3">
            <p className="text-n11">{t('stepScanText')}</p>
            <p className="text-n11">{t('byHand')}</p>
            <code data-totp className="font-mono text-[13px]">
              {secret.match(/.{1,4}/g)?.join(' ')}
            </code>
            <CopyButton text={secret} />
          </div>
        </div>
      </Card>
      <Card title={t('stepCodes')}>
        <p className="mb-4 text-n11">{t('stepCodesText')}</p>
        <RecoveryCodesBox codes={recoveryCodes} email={email} />
      </Card>
      <Card title={t('stepConfirm')}>
        <Form method="post" state={refusedOf(actionData)} className="grid gap-4">
          <p className="text-n11">{t('stepConfirmText')}</p>
          <ErrorSummary />
          <CodeField />
          <Checkbox name="stored" label={t('stored')} />
          <div className="flex flex-wrap gap-2">
            <Button>{t('turnOn')}</Button>
            <LinkButton look="ghost" to="/settings/security">
              {common('cancel')}
            </LinkButton>
          </div>
        </Form>
      </Card>
    </>
  )
}
