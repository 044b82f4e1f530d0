import { useTranslation } from 'react-i18next'
import { Link, redirect } from 'react-router'
import { z } from 'zod'
import { AppError } from '../../../core/errors.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { submit } from '../../../core/http/submit.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form } from '../../../ui/form.tsx'
import { CenteredCard } from '../../../ui/layout.tsx'
import { forgetChallenge, readChallenge } from '../challenge-cookie.ts'
import { Code } from '../codes.ts'
import { passSecondFactor } from '../second-factor.ts'
import type { Route } from './+types/portal-two-factor'
import { afterSignIn } from './after-sign-in.ts'
import { CodeField } from './proof-fields.tsx'

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const { host, searchParams } = new URL(request.url)
  const next = searchParams.get('next')
  if (actor.type === 'user') return afterSignIn(next, actor.role, host)
  if (!(await readChallenge(app, request.headers))) return redirect('/login')
  return { next }
}

const CodeForm = z.object({ code: z.string().default('').pipe(Code) })

export async function action({ context, request }: Route.ActionArgs) {
  const { app, ip, requestId } = context.get(pageContext)
  const { host, searchParams } = new URL(request.url)
  const next = searchParams.get('next')
  const challenge = (await readChallenge(app, request.headers)) ?? ''
  const caller = { ip, requestId, userAgent: request.headers.get('user-agent') }
  try {
    const answer = await submit(CodeForm, request, ({ code }) =>
      passSecondFactor(app, { challenge, code }, caller),
    )
    if (!('result' in answer)) return answer
    const { user, cookies } = answer.result
    return afterSignIn(next, user.role, host, [...cookies, forgetChallenge()])
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'challenge_invalid')) throw error
    const query = next === null ? '' : `&next=${encodeURIComponent(next)}`
    const headers = { 'set-cookie': forgetChallenge() }
    return redirect(`/login?expired${query}`, { headers })
  }
}

export default function TwoFactorPage({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('factors')
  const back = (
    <Link to="/login" className="link">
      {t('startAgain')}
    </Link>
  )
  return (
    <CenteredCard title={t('enterCode')} below={back}>
      <title>{t('enterCode')}</title>
      <Form
        method="post"
        action={loaderData?.next ? `?next=${encodeURIComponent(loaderData.next)}` : '.'}
        state={refusedOf(actionData)}
        className="grid gap-4"
      >
        <p className="text-n11">{t('enterCodeText')}</p>
        <ErrorSummary />
        <CodeField />
        <Button>{t('goOn')}</Button>
      </Form>
    </CenteredCard>
  )
}
