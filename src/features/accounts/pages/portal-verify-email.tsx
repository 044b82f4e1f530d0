import { useTranslation } from 'react-i18next'
import { Link, redirect } from 'react-router'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { submit } from '../../../core/http/submit.ts'
import { Button, LinkButton } from '../../../ui/button.tsx'
import { ErrorSummary, Form, TextField } from '../../../ui/form.tsx'
import { CenteredCard } from '../../../ui/layout.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { findProof } from '../proofs.ts'
import { ResendVerification, resendVerification, verifyEmail } from '../verification.ts'
import type { Route } from './+types/portal-verify-email'

/** Confirms by the token of the mail; without one it is the page that says to look for the mail. */
export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const { searchParams } = new URL(request.url)
  const token = searchParams.get('token')
  const isVerified = token !== null && (await findProof(app, 'verify-email', token)) !== null
  if (isVerified) await verifyEmail(app, actor, token)
  const email = actor.type === 'user' ? actor.email : ''
  const state = token === null ? 'waiting' : isVerified ? 'verified' : 'invalid'
  return { state, email, isResent: searchParams.has('sent') } as const
}

export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const answer = await submit(ResendVerification, request, ({ email }) =>
    resendVerification(app, actor, email),
  )
  return 'result' in answer ? redirect('/verify-email?sent') : answer
}

export default function VerifyEmailPage({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('accounts')
  const { state, email, isResent } = loaderData
  const title = t(
    ({ waiting: 'verifyTitle', verified: 'verified', invalid: 'linkInvalid' } as const)[state],
  )
  const back = (
    <Link to="/login" className="link">
      {t('backToSignIn')}
    </Link>
  )
  if (state === 'verified') {
    return (
      <CenteredCard title={title}>
        <title>{title}</title>
        <p className="mb-5 text-n11">{t('verifiedText')}</p>
        <LinkButton to="/" look="primary">
          {t('goOn')}
        </LinkButton>
      </CenteredCard>
    )
  }
  return (
    <CenteredCard title={title} below={back}>
      <title>{title}</title>
      <p className="mb-5 text-n11">{t(state === 'waiting' ? 'verifyText' : 'linkInvalidText')}</p>
      <Form
        method="post"
        action="/verify-email"
        state={refusedOf(actionData)}
        className="grid gap-4"
      >
        {isResent && <Notice>{t('resent')}</Notice>}
        <ErrorSummary />
        <TextField
          name="email"
          type="email"
          label={t('email')}
          defaultValue={email}
          autoComplete="email"
          required
        />
        <Button look="secondary">{t('resend')}</Button>
      </Form>
    </CenteredCard>
  )
}
