import { useTranslation } from 'react-i18next'
import { redirect } from 'react-router'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { submit } from '../../../core/http/submit.ts'
import { Button } from '../../../ui/button.tsx'
import { Code } from '../../../ui/copy.tsx'
import { ErrorSummary, Form, TextField } from '../../../ui/form.tsx'
import { CenteredCard } from '../../../ui/layout.tsx'
import { getSetting } from '../../settings/settings.ts'
import { createFirstAdmin, FirstAdmin, hasAdmin, isSetupOpen } from '../first-admin.ts'
import { openSession } from '../sign-in.ts'
import type { Route } from './+types/admin-setup'
import { afterSignIn } from './after-sign-in.ts'

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, ip } = context.get(pageContext)
  if (await hasAdmin(app)) throw redirect('/admin')
  const token = new URL(request.url).searchParams.get('token') ?? ''
  const isOpen = await isSetupOpen(app, token, ip)
  return { token, isOpen, minLength: await getSetting(app, 'password_min_length') }
}

export async function action({ context, request }: Route.ActionArgs) {
  const { app, ip, requestId } = context.get(pageContext)
  const origin = { ip, requestId }
  const caller = { ...origin, userAgent: request.headers.get('user-agent') }
  const answer = await submit(FirstAdmin, request, async (input) => {
    const admin = await createFirstAdmin(app, { type: 'anonymous', ...origin }, input)
    return openSession(app, admin, caller)
  })
  if (!('result' in answer)) return answer
  const { user, cookies } = answer.result
  return afterSignIn(null, user.role, new URL(request.url).host, cookies)
}

/** Where the first administrator is made, by the link that the server printed. */
export default function AdminSetup({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('setup')
  const { t: account } = useTranslation('accounts')
  const { token, isOpen, minLength } = loaderData
  const title = isOpen ? t('title') : t('closedTitle')
  return (
    <CenteredCard title={title}>
      <title>{title}</title>
      {/* The token in the address must not reach another site; with no-referrer forms would lose their Origin. */}
      <meta name="referrer" content="same-origin" />
      {isOpen ? (
        <Form method="post" state={refusedOf(actionData)} className="grid gap-4">
          <p className="text-n11">{t('text')}</p>
          <ErrorSummary />
          <input type="hidden" name="token" value={token} />
          <TextField
            name="email"
            type="email"
            label={account('email')}
            autoComplete="username"
            required
          />
          <TextField
            name="name"
            label={account('name')}
            hint={account('nameHint')}
            autoComplete="name"
          />
          <TextField
            name="password"
            type="password"
            label={account('password')}
            hint={account('passwordHint', { count: minLength })}
            autoComplete="new-password"
            required
          />
          <Button>{t('create')}</Button>
        </Form>
      ) : (
        <div className="grid gap-4">
          <p className="text-n11">{t('closedText')}</p>
          <Code copyable>apigate init</Code>
        </div>
      )}
    </CenteredCard>
  )
}
