import { useTranslation } from 'react-i18next'
import { Link, redirect } from 'react-router'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { submit } from '../../../core/http/submit.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form, TextField } from '../../../ui/form.tsx'
import { CenteredCard } from '../../../ui/layout.tsx'
import { ForgotPassword, forgotPassword } from '../password-reset.ts'
import type { Route } from './+types/portal-forgot-password'

export function loader({ request }: Route.LoaderArgs) {
  return { isSent: new URL(request.url).searchParams.has('sent') }
}

export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const answer = await submit(ForgotPassword, request, ({ email }) =>
    forgotPassword(app, actor, email),
  )
  return 'result' in answer ? redirect('/forgot-password?sent') : answer
}

export default function ForgotPasswordPage({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('accounts')
  const title = loaderData.isSent ? t('linkSent') : t('forgotPassword')
  const back = (
    <Link to="/login" className="link">
      {t('backToSignIn')}
    </Link>
  )
  return (
    <CenteredCard title={title} below={back}>
      <title>{title}</title>
      {loaderData.isSent ? (
        <p className="text-n11">{t('linkSentText')}</p>
      ) : (
        <Form method="post" state={refusedOf(actionData)} className="grid gap-4">
          <p className="text-n11">{t('forgotText')}</p>
          <ErrorSummary />
          <TextField
            name="email"
            type="email"
            label={t('email')}
            autoComplete="username"
            required
          />
          <Button>{t('sendLink')}</Button>
        </Form>
      )}
    </CenteredCard>
  )
}
