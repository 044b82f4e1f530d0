import { useTranslation } from 'react-i18next'
import { redirect } from 'react-router'
import { z } from 'zod'
import { requireUser } from '../../../core/actor.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { type Refused, refusedOf } from '../../../core/http/refused.ts'
import { formOf, submitOneOf } from '../../../core/http/submit.ts'
import { Button, LinkButton } from '../../../ui/button.tsx'
import { CopyButton } from '../../../ui/copy.tsx'
import { Checkbox, ErrorSummary, Form } from '../../../ui/form.tsx'
import { Card } from '../../../ui/page.tsx'
import { Code } from '../codes.ts'
import { getTwoFactor } from '../two-factor.ts'
import {
  confirmTwoFactor,
  EnableTwoFactor,
  enableTwoFactor,
  findTwoFactorSetup,
} from '../two-factor-setup.ts'
import type { Route } from './+types/portal-two-factor-setup'
import { CodeField, PasswordField } from './proof-fields.tsx'
import { drawQrCode, type QrCode, QrCodeImage } from './qr-code.tsx'
import { RecoveryCodesBox } from './recovery-codes-box.tsx'
import { SubHeader } from './sub-header.tsx'

export async function loader({ context }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const { email } = requireUser(actor)
  const { enabledAt, isOffered } = await getTwoFactor(app, actor)
  if (enabledAt !== null || !isOffered) throw redirect('/settings/security#two-factor')
  const setup = await findTwoFactorSetup(app, actor)
  if (!setup) return null
  const { secret, otpauthUrl, recoveryCodes } = setup
  return { email, qrCode: drawQrCode(otpauthUrl), secret, recoveryCodes }
}

const BeginForm = z.object({ password: EnableTwoFactor.shape.password.default('') })
const ConfirmForm = z.object({
  code: z.string().default('').pipe(Code),
  stored: z.string({ error: 'Store your recovery codes first, and tick this box' }),
})

export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  return submitOneOf(request, {
    begin: formOf(
      BeginForm,
      ({ password }) => enableTwoFactor(app, actor, password),
      '/settings/security/two-factor',
    ),
    confirm: formOf(
      ConfirmForm,
      ({ code }) => confirmTwoFactor(app, actor, code),
      '/settings/security?done=two-factor#two-factor',
    ),
  })
}

/** Asks for the password first, then shows the three steps; a wrong code loses none of them. */
export default function TwoFactorSetup({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('factors')
  return (
    <>
      <title>{t('setUpTitle')}</title>
      <SubHeader title={t('setUpTitle')} />
      {loaderData ? (
        <Steps {...loaderData} state={refusedOf(actionData, 'confirm')} />
      ) : (
        <Begin state={refusedOf(actionData, 'begin')} />
      )}
    </>
  )
}

function Begin({ state }: { state?: Refused }) {
  const { t } = useTranslation('factors')
  return (
    <Card>
      <Form method="post" action="?form=begin" state={state} className="grid gap-4">
        <p className="text-n11">{t('beginText')}</p>
        <ErrorSummary />
        <PasswordField />
        <Actions>{t('goOn')}</Actions>
      </Form>
    </Card>
  )
}

type StepsProps = {
  email: string
  qrCode: QrCode
  secret: string
  recoveryCodes: string[]
  state?: Refused
}

function Steps({ email, qrCode, secret, recoveryCodes, state }: StepsProps) {
  const { t } = useTranslation('factors')
  return (
    <>
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
        <Form method="post" action="?form=confirm" state={state} className="grid gap-4">
          <p className="text-n11">{t('stepConfirmText')}</p>
          <ErrorSummary />
          <CodeField />
          <Checkbox name="stored" label={t('stored')} />
          <Actions>{t('turnOn')}</Actions>
        </Form>
      </Card>
    </>
  )
}

function Actions({ children }: { children: string }) {
  const { t } = useTranslation()
  return (
    <div className="flex flex-wrap gap-2">
      <Button>{children}</Button>
      <LinkButton look="ghost" to="/settings/security">
        {t('cancel')}
      </LinkButton>
    </div>
  )
}
