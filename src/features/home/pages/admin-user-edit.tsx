import { useTranslation } from 'react-i18next'
import { redirect } from 'react-router'
import { z } from 'zod'
import { roles } from '../../../core/actor.ts'
import { checked } from '../../../core/http/checked.ts'
import { NullableText } from '../../../core/http/form-fields.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { formOf, submitOneOf } from '../../../core/http/submit.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form, Select, TextField } from '../../../ui/form.tsx'
import { Card } from '../../../ui/page.tsx'
import { toAdminUserJson } from '../../accounts/user-json.ts'
import {
  getUser,
  inviteUser,
  setUserPassword,
  UpdateUser,
  updateUser,
  verifyUser,
} from '../../accounts/users.ts'
import { listPlans } from '../../plans/plans.ts'
import { getSetting } from '../../settings/settings.ts'
import type { Route } from './+types/admin-user-edit'
import { MetadataCard } from './metadata-card.tsx'
import { MetadataForm, toMetadata } from './metadata-form.ts'
import { PasswordCard, VerifyCard } from './user-access-cards.tsx'

export async function loader({ context, params }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  return {
    user: toAdminUserJson(await getUser(app, actor, params.id)),
    plans: (await listPlans(app)).map(({ id, name }) => ({ value: id, label: name })),
    minLength: await getSetting(app, 'password_min_length'),
  }
}

const ProfileForm = z.object({
  name: z.string().default(''),
  email: z.string().default(''),
  plan_id: z.string().optional(),
  role: z.enum(roles),
  stripe_customer_id: NullableText,
})
const PasswordForm = z.object({ password: z.string().default('') })

export async function action({ context, params, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const { id } = params
  const done = (notice: string) => () => redirect(`/admin/users/${id}/edit?done=${notice}`)
  const update = (fields: unknown) => updateUser(app, actor, id, checked(UpdateUser, fields))
  return submitOneOf(request, {
    profile: formOf(ProfileForm, update, done('saved')),
    metadata: formOf(
      MetadataForm,
      (form) => toMetadata(form, (metadata) => update({ metadata })),
      done('saved'),
    ),
    password: formOf(
      PasswordForm,
      ({ password }) => setUserPassword(app, actor, id, password),
      done('password'),
    ),
    link: formOf(z.object({}), () => inviteUser(app, actor, id), done('invited')),
    verify: formOf(z.object({}), () => verifyUser(app, actor, id), done('verified')),
  })
}

export default function AdminUserEdit({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('customers')
  const { t: common } = useTranslation()
  const { user, plans, minLength } = loaderData
  return (
    <div className="grid max-w-2xl gap-8">
      <Card title={t('profile')}>
        <Form
          method="post"
          action="?form=profile"
          state={refusedOf(actionData, 'profile')}
          className="grid gap-4"
        >
          <ErrorSummary />
          <TextField name="name" label={t('name')} defaultValue={user.name} />
          <TextField name="email" type="email" label={t('email')} defaultValue={user.email} />
          <div className="grid gap-4 sm:grid-cols-2">
            {user.organization_id !== null && (
              <Select
                name="plan_id"
                label={t('plan')}
                hint={t('planHint')}
                defaultValue={user.plan_id ?? ''}
                options={[...(user.plan_id ? [] : [{ value: '', label: '–' }]), ...plans]}
              />
            )}
            <Select
              name="role"
              label={t('roleLabel')}
              hint={t('roleHint')}
              defaultValue={user.role}
              options={roles.map((value) => ({ value, label: t(`role.${value}`) }))}
            />
          </div>
          <TextField
            name="stripe_customer_id"
            label={t('stripe')}
            placeholder="cus_…"
            defaultValue={user.stripe_customer_id ?? ''}
          />
          <Button className="justify-self-start">{common('save')}</Button>
        </Form>
      </Card>
      <MetadataCard metadata={user.metadata} state={refusedOf(actionData, 'metadata')} />
      {user.email_verified_at === null && <VerifyCard email={user.email} />}
      <PasswordCard minLength={minLength} state={refusedOf(actionData, 'password')} />
    </div>
  )
}
