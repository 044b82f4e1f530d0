import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { pageContext } from '../../../core/http/page-context.ts'
import { formOf, refusedOf, submitOneOf } from '../../../core/http/submit.ts'
import { Notice } from '../../../ui/notice.tsx'
import { ChangePassword, changePassword, getProfile } from '../../accounts/profile.ts'
import { describeDevice } from '../devices.ts'
import { endOtherSessions, endSession, listSessions } from '../sessions.ts'
import type { Route } from './+types/portal-security'
import { PasswordCard } from './password-card.tsx'
import { type SessionItem, SessionsCard } from './sessions-card.tsx'

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const { email } = await getProfile(app, actor)
  const sessions: SessionItem[] = (await listSessions(app, actor)).map((session) => ({
    id: session.id,
    device: describeDevice(session.user_agent),
    ip: session.ip,
    lastUsedAt: session.last_used_at,
    isCurrent: session.is_current,
  }))
  const done = new URL(request.url).searchParams.get('done')
  return { email, sessions, done, now: app.now().getTime() }
}

export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  return submitOneOf(request, {
    password: formOf(
      ChangePassword,
      (input) => changePassword(app, actor, input),
      '/settings/security?done=password',
    ),
    session: formOf(
      z.object({ id: z.string() }),
      ({ id }) => endSession(app, actor, id),
      '/settings/security?done=session#sessions',
    ),
    sessions: formOf(
      z.object({}),
      () => endOtherSessions(app, actor),
      '/settings/security?done=session#sessions',
    ),
  })
}

export default function Security({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('accounts')
  const { email, sessions, done, now } = loaderData
  return (
    <>
      <title>{t('security')}</title>
      {done === 'password' && <Notice tone="ok">{t('passwordChanged')}</Notice>}
      {done === 'session' && <Notice tone="ok">{t('sessionEnded')}</Notice>}
      <PasswordCard email={email} state={refusedOf(actionData, 'password')} />
      <SessionsCard sessions={sessions} now={now} />
    </>
  )
}
