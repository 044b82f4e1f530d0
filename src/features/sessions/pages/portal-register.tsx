import { useTranslation } from 'react-i18next'
import { Link, redirect } from 'react-router'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { submit } from '../../../core/http/submit.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form, TextField } from '../../../ui/form.tsx'
import { CenteredCard } from '../../../ui/layout.tsx'
import { useShell } from '../../../ui/shell.ts'
import { OwnTimeZone } from '../../../ui/time-zone-field.tsx'
import { TimeZone } from '../../accounts/account-fields.ts'
import { countRegistration } from '../../accounts/door-limits.ts'
import { Register, registerCustomer } from '../../accounts/registration.ts'
import { getSetting } from '../../settings/settings.ts'
import { listProviderLinks } from '../../sso/providers.ts'
import { openSession } from '../sign-in.ts'
import type { Route } from './+types/portal-register'
import { afterSignIn } from './after-sign-in.ts'
import { ProviderLinks } from './provider-links.tsx'

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  if (actor.type === 'user') throw afterSignIn(null, actor.role, new URL(request.url).host)
  return {
    minLength: await getSetting(app, 'password_min_length'),
    providers: await listProviderLinks(app, null),
  }
}

/** The browser's time zone comes along where scripts run; a strange one is no reason to refuse. */
const RegisterForm = Register.extend({ timezone: TimeZone.optional().catch(undefined) })

export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor, ip, requestId, locale } = context.get(pageContext)
  const caller = { ip, requestId, userAgent: request.headers.get('user-agent') }
  const answer = await submit(RegisterForm, request, async (input) => {
    await countRegistration(app, ip)
    const made = await registerCustomer(app, actor, { ...input, locale })
    return made.isVerificationRequired ? null : openSession(app, made.user, caller)
  })
  if (!('result' in answer)) return answer
  if (!answer.result) return redirect('/verify-email')
  const { user, cookies } = answer.result
  return afterSignIn(null, user.role, new URL(request.url).host, cookies)
}

export default function RegisterPage({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('accounts')
  const { branding } = useShell()
  const company = branding.companyName
  const login = (
    <p>
      {t('haveAccount')}{' '}
      <Link to="/login" className="link">
        {t('signIn')}
      </Link>
    </p>
  )
  if (!branding.registrationEnabled) {
    return (
      <CenteredCard title={t('registrationClosed')} below={login}>
        <title>{t('registrationClosed')}</title>
        <p className="text-n11">{t('registrationClosedText', { company })}</p>
      </CenteredCard>
    )
  }
  const title = t('registerAt', { company })
  return (
    <CenteredCard title={title} below={login}>
      <title>{title}</title>
      <Form method="post" state={refusedOf(actionData)} className="grid gap-4">
        <ErrorSummary />
        <TextField name="email" type="email" label={t('email')} autoComplete="email" required />
        <TextField name="name" label={t('name')} hint={t('nameHint')} autoComplete="name" />
        <TextField
          name="password"
          type="password"
          label={t('password')}
          hint={t('passwordHint', { count: loaderData.minLength })}
          autoComplete="new-password"
          required
        />
        <OwnTimeZone name="timezone" />
        <Button>{t('register')}</Button>
      </Form>
      <ProviderLinks providers={loaderData.providers} />
    </CenteredCard>
  )
}
