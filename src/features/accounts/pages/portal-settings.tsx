import { useTranslation } from 'react-i18next'
import { redirect } from 'react-router'
import { z } from 'zod'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf, submit } from '../../../core/http/submit.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form, Select, TextField } from '../../../ui/form.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Card, PageHeader } from '../../../ui/page.tsx'
import { describeDevice } from '../devices.ts'
import {
  ChangePassword,
  changePassword,
  DeleteProfile,
  deleteProfile,
  getProfile,
  UpdateProfile,
  updateProfile,
} from '../profile.ts'
import { endOtherSessions, endSession, listSessions } from '../sessions.ts'
import type { Route } from './+types/portal-settings'
import { type SessionItem, SessionsCard } from './sessions-card.tsx'

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const { name, email, locale, timezone } = await getProfile(app, actor)
  const done = new URL(request.url).searchParams.get('done')
  const sessions: SessionItem[] = (await listSessions(app, actor)).map((session) => ({
    id: session.id,
    device: describeDevice(session.user_agent),
    ip: session.ip,
    lastUsedAt: session.last_used_at,
    isCurrent: session.is_current,
  }))
  const timeZones = Intl.supportedValuesOf('timeZone')
  const now = app.now().getTime()
  return { name, email, locale, timezone, done, sessions, timeZones, now }
}

const ProfileForm = z.object({
  name: UpdateProfile.shape.name.default(''),
  locale: UpdateProfile.shape.locale.default(null),
  timezone: UpdateProfile.shape.timezone.default(null),
})

export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const intent = new URL(request.url).searchParams.get('form')
  if (intent === 'session' || intent === 'sessions') {
    const id = (await request.formData()).get('id')
    if (intent === 'sessions') await endOtherSessions(app, actor)
    else await endSession(app, actor, String(id))
    return redirect('/settings?done=session#sessions')
  }
  if (intent === 'password') {
    const answer = await submit(ChangePassword, request, (input) =>
      changePassword(app, actor, input),
    )
    return 'result' in answer
      ? redirect('/settings?done=password')
      : { ...refusal(answer), form: intent }
  }
  if (intent === 'delete') {
    const answer = await submit(DeleteProfile, request, ({ password }) =>
      deleteProfile(app, actor, password),
    )
    return 'result' in answer ? redirect('/login') : { ...refusal(answer), form: intent }
  }
  const answer = await submit(ProfileForm, request, (input) => updateProfile(app, actor, input))
  return 'result' in answer
    ? redirect('/settings?done=profile')
    : { ...refusal(answer), form: 'profile' }
}

/** The errors without the status, beside which of the page's forms they belong to. */
function refusal(answer: { data: object } | object) {
  return 'data' in answer ? (answer.data as object) : answer
}

export default function Settings({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('accounts')
  const { t: common } = useTranslation()
  const { name, email, locale, timezone, timeZones, done, sessions, now } = loaderData
  const stateOf = (form: string) =>
    actionData && 'form' in actionData && actionData.form === form
      ? refusedOf(actionData)
      : undefined
  return (
    <>
      <title>{t('settings')}</title>
      <PageHeader title={t('settings')} description={t('emailFixed', { email })} />
      <div className="grid max-w-2xl gap-8">
        {done === 'profile' && <Notice tone="ok">{common('saved')}</Notice>}
        {done === 'password' && <Notice tone="ok">{t('passwordChanged')}</Notice>}
        {done === 'session' && <Notice tone="ok">{t('sessionEnded')}</Notice>}
        <Card title={t('profile')}>
          <Form
            method="post"
            action="?form=profile"
            state={stateOf('profile')}
            className="grid gap-4"
          >
            <ErrorSummary />
            <TextField name="name" label={t('name')} defaultValue={name} autoComplete="name" />
            <Select
              name="locale"
              label={t('language')}
              defaultValue={locale ?? ''}
              options={[
                { value: '', label: t('languageAuto') },
                { value: 'en', label: 'English' },
                { value: 'fr', label: 'Français' },
              ]}
            />
            <TextField
              name="timezone"
              label={t('timeZone')}
              hint={t('timeZoneHint')}
              defaultValue={timezone ?? ''}
              list="time-zones"
            />
            <datalist id="time-zones">
              {timeZones.map((zone) => (
                <option key={zone} value={zone} />
              ))}
            </datalist>
            <Button className="justify-self-start">{common('save')}</Button>
          </Form>
        </Card>
        <Card title={t('changePassword')}>
          <Form
            method="post"
            action="?form=password"
            state={stateOf('password')}
            className="grid gap-4"
          >
            <ErrorSummary />
            <input
              type="text"
              name="intent"
              autoComplete="username"
              defaultValue={email}
              hidden
              readOnly
            />
            <TextField
              name="current_password"
              type="password"
              label={t('currentPassword')}
              autoComplete="current-password"
            />
            <TextField
              name="new_password"
              type="password"
              label={t('newPassword')}
              autoComplete="new-password"
            />
            <Button look="secondary" className="justify-self-start">
              {t('changePassword')}
            </Button>
          </Form>
        </Card>
        <SessionsCard sessions={sessions} now={now} />
        <Card title={t('deleteAccount')}>
          <p className="mb-4 text-n11">{t('deleteText')}</p>
          <details open={stateOf('delete') !== undefined}>
            <summary className="w-fit rounded-lg border border-n7 px-3.5 py-1.5 font-medium text-bad hover:bg-bad-soft">
              {t('deleteAccount')}
            </summary>
            <Form
              method="post"
              action="?form=delete"
              state={stateOf('delete')}
              className="mt-4 grid gap-4"
            >
              <ErrorSummary />
              <TextField
                name="password"
                type="password"
                label={t('password')}
                autoComplete="current-password"
              />
              <Button look="danger" className="justify-self-start">
                {t('deleteConfirm')}
              </Button>
            </Form>
          </details>
        </Card>
      </div>
    </>
  )
}
