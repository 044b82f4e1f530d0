import { useTranslation } from 'react-i18next'
import { redirectDocument } from 'react-router'
import { z } from 'zod'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { formOf, submitOneOf } from '../../../core/http/submit.ts'
import { listTimeZones } from '../../../core/time-zones.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form, Select, TextField } from '../../../ui/form.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Card } from '../../../ui/page.tsx'
import { TimeZoneField } from '../../../ui/time-zone-field.tsx'
import {
  ChangeEmail,
  cancelEmailChange,
  findEmailChange,
  requestEmailChange,
} from '../email-change.ts'
import { hasPassword } from '../passwords.ts'
import { getProfile, UpdateProfile, updateProfile } from '../profile.ts'
import type { Route } from './+types/portal-settings'
import { EmailCard } from './email-card.tsx'

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const { id, name, email, emailVerified, status, locale, timezone } = await getProfile(app, actor)
  const change = await findEmailChange(app, actor)
  return {
    ...{ name, locale, timezone: timezone ?? 'UTC' },
    email: {
      email,
      isConfirmed: emailVerified,
      isFirst: status === 'pending',
      hasPassword: await hasPassword(app, id),
      waiting: change
        ? {
            newEmail: change.newEmail,
            isNewAgreed: change.newAgreedAt !== null,
            isOldAgreed: change.oldAgreedAt !== null,
            expiresAt: change.expiresAt.toISOString(),
          }
        : null,
    },
    timeZones: listTimeZones(app.now()),
    done: new URL(request.url).searchParams.get('done'),
  }
}

const ProfileForm = z.object({
  name: UpdateProfile.shape.name.default(''),
  locale: UpdateProfile.shape.locale.default(null),
  timezone: UpdateProfile.shape.timezone.default(null),
})

export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  return submitOneOf(request, {
    profile: formOf(
      ProfileForm,
      (input) => updateProfile(app, actor, input),
      // The whole page may come in another language now.
      () => redirectDocument('/settings?done=profile'),
    ),
    email: formOf(
      ChangeEmail,
      (input) => requestEmailChange(app, actor, input),
      '/settings?done=email',
    ),
    'cancel-email': formOf(
      z.object({}),
      () => cancelEmailChange(app, actor),
      '/settings?done=cancel-email',
    ),
  })
}

export default function Settings({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('accounts')
  const { t: common } = useTranslation()
  const { name, email, locale, timezone, timeZones, done } = loaderData
  return (
    <>
      <title>{t('settings')}</title>
      {done === 'profile' && <Notice tone="ok">{common('saved')}</Notice>}
      {done === 'cancel-email' && <Notice tone="ok">{t('emailCancelled')}</Notice>}
      <Card title={t('profile')}>
        <Form
          method="post"
          action="?form=profile"
          state={refusedOf(actionData, 'profile')}
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
          <TimeZoneField name="timezone" defaultValue={timezone} zones={timeZones} />
          <Button className="justify-self-start">{common('save')}</Button>
        </Form>
      </Card>
      <EmailCard {...email} state={refusedOf(actionData, 'email')} />
    </>
  )
}
