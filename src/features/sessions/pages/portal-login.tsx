import { useTranslation } from 'react-i18next'
import { Link, redirect } from 'react-router'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { submit } from '../../../core/http/submit.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form, TextField } from '../../../ui/form.tsx'
import { CenteredCard } from '../../../ui/layout.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { useShell } from '../../../ui/shell.ts'
import { listProviderLinks } from '../../sso/providers.ts'
import { isHeldBack, isSessionLost } from '../cookie-policy.ts'
import { bouncePath } from '../next-path.ts'
import { SignIn, signIn } from '../sign-in.ts'
import type { Route } from './+types/portal-login'
import { afterSignIn, toSecondFactor } from './after-sign-in.ts'
import { PasskeyButton } from './passkey-button.tsx'
import { ProviderLinks } from './provider-links.tsx'

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const { host, search, searchParams } = new URL(request.url)
  const next = searchParams.get('next')
  if (actor.type === 'user') return afterSignIn(next, actor.role, host)
  if (await isHeldBack(app, request.headers)) return redirect(bouncePath(`/login${search}`))
  return {
    next,
    isReset: searchParams.has('reset'),
    isExpired: searchParams.has('expired'),
    isDeleted: searchParams.has('deleted'),
    providers: await listProviderLinks(app, next),
    isLost: await isSessionLost(app, request.headers),
  }
}

export async function action({ context, request }: Route.ActionArgs) {
  const { app, ip, requestId } = context.get(pageContext)
  const { host, searchParams } = new URL(request.url)
  const next = searchParams.get('next')
  const caller = { ip, requestId, userAgent: request.headers.get('user-agent') }
  const answer = await submit(SignIn, request, (input) => signIn(app, input, caller))
  if (!('result' in answer)) return answer
  if ('challenge' in answer.result) return toSecondFactor(answer.result.challenge, next)
  const { user, cookies } = answer.result.session
  return afterSignIn(next, user.role, host, cookies)
}

export default function Login({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('accounts')
  const { t: factors } = useTranslation('factors')
  const { branding } = useShell()
  const title = t('signInTo', { company: branding.companyName })
  const register = branding.registrationEnabled && (
    <p>
      {t('noAccount')}{' '}
      <Link to="/register" className="link">
        {t('register')}
      </Link>
    </p>
  )
  return (
    <CenteredCard title={title} below={register}>
      <title>{title}</title>
      <Form
        method="post"
        action={loaderData?.next ? `?next=${encodeURIComponent(loaderData.next)}` : '.'}
        state={refusedOf(actionData)}
        className="grid gap-4"
      >
        {loaderData?.isLost && <Notice tone="warn">{t('sessionLost')}</Notice>}
        {loaderData?.isReset && <Notice tone="ok">{t('passwordReset')}</Notice>}
        {loaderData?.isDeleted && <Notice tone="ok">{t('accountDeleted')}</Notice>}
        {loaderData?.isExpired && <Notice tone="warn">{factors('expired')}</Notice>}
        <ErrorSummary />
        <TextField name="email" type="email" label={t('email')} autoComplete="username" required />
        <TextField
          name="password"
          type="password"
          label={t('password')}
          autoComplete="current-password"
          required
        />
        <Button>{t('signIn')}</Button>
        <Link to="/forgot-password" className="link justify-self-center">
          {t('forgotPassword')}
        </Link>
      </Form>
      <PasskeyButton next={loaderData?.next ?? null} />
      <ProviderLinks providers={loaderData?.providers ?? []} />
    </CenteredCard>
  )
}
