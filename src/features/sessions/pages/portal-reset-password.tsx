import { useTranslation } from 'react-i18next'
import { Link, redirect } from 'react-router'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { submit } from '../../../core/http/submit.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form, TextField } from '../../../ui/form.tsx'
import { CenteredCard } from '../../../ui/layout.tsx'
import { findProof } from '../../accounts/proofs.ts'
import { getSetting } from '../../settings/settings.ts'
import { ResetPassword, resetPassword } from '../password-reset.ts'
import type { Route } from './+types/portal-reset-password'

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app } = context.get(pageContext)
  const token = new URL(request.url).searchParams.get('token') ?? ''
  const isValid = (await findProof(app, 'reset-password', token)) !== null
  return { token, isValid, minLength: await getSetting(app, 'password_min_length') }
}

export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const answer = await submit(ResetPassword, request, (input) => resetPassword(app, actor, input))
  return 'result' in answer ? redirect('/login?reset') : answer
}

export default function ResetPasswordPage({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('accounts')
  const { token, isValid, minLength } = loaderData
  const title = isValid ? t('choosePassword') : t('linkInvalid')
  const again = (
    <Link to="/forgot-password" className="link">
      {t('askAgain')}
    </Link>
  )
  return (
    <CenteredCard title={title} below={isValid ? undefined : again}>
      <title>{title}</title>
      {/* The token in the address must not reach another site; with no-referrer forms would lose their Origin. */}
      <meta name="referrer" content="same-origin" />
      {isValid ? (
        <Form method="post" state={refusedOf(actionData)} className="grid gap-4">
          <ErrorSummary />
          <input type="hidden" name="token" value={token} />
          <TextField
            name="password"
            type="password"
            label={t('newPassword')}
            hint={t('passwordHint', { count: minLength })}
            autoComplete="new-password"
            required
          />
          <Button>{t('changePassword')}</Button>
        </Form>
      ) : (
        <p className="text-n11">{t('linkInvalidText')}</p>
      )}
    </CenteredCard>
  )
}
