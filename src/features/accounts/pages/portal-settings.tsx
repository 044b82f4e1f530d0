import { useTranslation } from 'react-i18next'
import { redirect } from 'react-router'
import { z } from 'zod'
import { pageContext } from '../../../core/http/page-context.ts'
import { formOf, refusedOf, submitOneOf } from '../../../core/http/submit.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form, Select, TextField } from '../../../ui/form.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Card } from '../../../ui/page.tsx'
import {
  DeleteProfile,
  deleteProfile,
  getProfile,
  UpdateProfile,
  updateProfile,
} from '../profile.ts'
import type { Route } from './+types/portal-settings'

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const { name, email, locale, timezone } = await getProfile(app, actor)
  const done = new URL(request.url).searchParams.get('done')
  return { name, email, locale, timezone, done, timeZones: Intl.supportedValuesOf('timeZone') }
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
      '/settings?done=profile',
    ),
    delete: formOf(
      DeleteProfile,
      ({ password }) => deleteProfile(app, actor, password),
      () => redirect('/login'),
    ),
  })
}

export default function Settings({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('accounts')
  const { t: common } = useTranslation()
  const { name, email, locale, timezone, timeZones, done } = loaderData
  const deletion = refusedOf(actionData, 'delete')
  return (
    <>
      <title>{t('settings')}</title>
      {done === 'profile' && <Notice tone="ok">{common('saved')}</Notice>}
      <Card title={t('profile')}>
        <p className="mb-4 text-n11">{t('emailFixed', { email })}</p>
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
      <Card title={t('deleteAccount')}>
        <p className="mb-4 text-n11">{t('deleteText')}</p>
        <details open={deletion !== undefined}>
          <summary className="w-fit rounded-lg border border-n7 px-3.5 py-1.5 font-medium text-bad hover:bg-bad-soft">
            {t('deleteAccount')}
          </summary>
          <Form method="post" action="?form=delete" state={deletion} className="mt-4 grid gap-4">
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
    </>
  )
}
